import { element, setText } from "./element.ts";
import type { Sample } from "./feed-format.ts";
import { count, duration, money, plain, sourceTitle, timeOfDay } from "./formats.ts";
import { drawnInSight } from "./in-sight.ts";

const ROWS = 12;
const HEADS = ["Time", "Source", "Transaction", "Product", "State", "Payment", "Status", "Amount", "Stored after"];
const NUMBERS = new Set(["Amount", "Stored after"]);

/** Draws the tail of transactions. */
export type DrawRecent = (samples: readonly Sample[]) => void;

/** Makes the table of recent transactions with its search and its hold. */
export function createRecent(panel: HTMLElement): DrawRecent {
  let all: readonly Sample[] = [];
  let held: readonly Sample[] | undefined;
  const search = element("input", {
    type: "search",
    placeholder: "ID, product, state…",
    "aria-label": "Search recent transactions",
    autocomplete: "off",
    spellcheck: "false",
  });
  const hold = element("button", { type: "button", "aria-pressed": "false" }, "Hold");
  const note = element("p", { class: "muted empty" });
  const rows = Array.from({ length: ROWS }, createRow);
  const heads = HEADS.map((label) =>
    element("th", { scope: "col", ...(NUMBERS.has(label) && { class: "number" }) }, label),
  );
  const table = element(
    "table",
    { class: "recent" },
    element("caption", { class: "hidden" }, "Recent transactions, a sample"),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows.map(({ root }) => root)),
  );
  const draw = (): void => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const from = held ?? all;
    const found = words.length === 0 ? from : from.filter((sample) => matches(sample, words));
    for (const [index, row] of rows.entries()) row.show(found[index]);
    const isSearch = words.length > 0 && from.length > 0;
    setText(
      note,
      isSearch ? `None of the last ${count(from.length)} sampled transactions matches.` : "No transaction yet.",
    );
    note.hidden = found.length > 0;
    table.hidden = found.length === 0;
  };
  hold.addEventListener("click", () => {
    held = held === undefined ? all : undefined;
    hold.setAttribute("aria-pressed", String(held !== undefined));
    setText(hold, held === undefined ? "Hold" : "Held");
    draw();
  });
  search.addEventListener("input", draw);
  panel.querySelector(".head-end")?.append(search, hold);
  panel.querySelector(".body")?.replaceChildren(table, note);
  return drawnInSight(panel, false, (samples) => {
    if (samples === all) return;
    all = samples;
    if (held === undefined) draw();
  });
}

function matches(sample: Sample, words: readonly string[]): boolean {
  const { id, source, product, state, payment, status, amountCents } = sample;
  const text = [id, source, product, state, payment, status, money(amountCents)].join(" ").toLowerCase();
  return words.every((word) => text.includes(word));
}

interface Row {
  readonly root: HTMLTableRowElement;
  show(sample: Sample | undefined): void;
}

function createRow(): Row {
  const mark = element("i");
  const fraction = element("span", { class: "fraction" });
  const texts = HEADS.map(() => element("bdi"));
  const cells = HEADS.map((label, index) => {
    const text = texts[index] ?? "";
    return element("td", { class: NUMBERS.has(label) ? "number" : "" }, ...(index === 1 ? [mark, text] : [text]));
  });
  cells[0]?.append(fraction);
  const root = element("tr", { hidden: true }, ...cells);
  let shown: Sample | undefined;
  return {
    root,
    show: (sample) => {
      if (sample === shown) return;
      shown = sample;
      root.hidden = sample === undefined;
      if (sample === undefined) return;
      const { id, source, product, productCount, state, payment, status } = sample;
      const more = productCount > 1 ? ` +${productCount - 1}` : "";
      const contents = [
        timeOfDay(sample.storedAtMs),
        sourceTitle(source),
        plain(id),
        `${plain(product)}${more}`,
        plain(state),
        payment,
        status,
        money(sample.amountCents),
        duration(Math.max(0, sample.storedAtMs - sample.producedAtMs)),
      ];
      for (const [index, text] of texts.entries()) setText(text, contents[index] ?? "");
      setText(fraction, `.${String(sample.storedAtMs % 1000).padStart(3, "0")}`);
      mark.className = `mark ${source}`;
      if (texts[2]) texts[2].title = plain(id);
      if (texts[3]) texts[3].title = plain(product);
      if (texts[6]) texts[6].className = `badge ${status.toLowerCase()}`;
    },
  };
}
