import { accountOf, complaintOf } from "./account.ts";
import { createDialog } from "./dialog.ts";
import { element, setText } from "./element.ts";
import type { LedgerLine } from "./feed-format.ts";
import { count, sourceTitle } from "./formats.ts";
import type { Frame } from "./frame.ts";

const COLUMNS: readonly (readonly [string, (line: LedgerLine) => number | null])[] = [
  ["First offset", (line) => line.firstOffset],
  ["Next offset", (line) => line.nextOffset],
  ["End in Kafka", (line) => line.endOffset],
  ["Stored", (line) => line.stored],
  ["Duplicates", (line) => line.duplicates],
  ["Dead letters", (line) => line.deadLettered],
  ["Absent", (line) => line.absent],
];
/** Sums of offsets mean nothing. */
const SUMMED_FROM = 3;

/** The ledger by partition, over the page. */
export interface LedgerDialog {
  open(): void;
  /** Does nothing while it is closed. */
  draw(frame: Frame): void;
}

/** Makes the dialog behind the tile "Accounted for". */
export function createLedgerDialog(): LedgerDialog {
  const verdict = element("p", { class: "verdict" });
  const body = element("tbody");
  const foot = element("tr");
  const heads = ["Partition", ...COLUMNS.map(([title]) => title), "Adds up"].map((title, index) =>
    element("th", { scope: "col", class: index === 0 ? "" : "number" }, title),
  );
  const caption = element("caption", { class: "hidden" }, "The ledger by partition");
  const table = element(
    "table",
    {},
    caption,
    element("thead", {}, element("tr", {}, ...heads)),
    body,
    element("tfoot", {}, foot),
  );
  const scroll = { class: "scroll", tabindex: "0", role: "region", "aria-label": "The ledger by partition" };
  const explanation =
    "Each record in Kafka ends as one of four: stored, a duplicate of one that is stored, a dead letter, or absent " +
    "(an offset that holds no record for us). They are counted in the same MongoDB transaction that writes them, so " +
    "stored + duplicates + dead letters + absent = next offset − first offset, at every moment.";
  const dialog = createDialog(
    "ledger",
    "Accounted for",
    verdict,
    element("div", scroll, table),
    element("p", { class: "muted" }, explanation),
  );
  let last: Frame | undefined;
  const draw = (frame: Frame): void => {
    last = frame;
    if (!dialog.root.open) return;
    const lines = frame.tick?.ledger ?? [];
    showVerdict(verdict, lines);
    while (body.rows.length < lines.length) body.append(emptyRow());
    for (const [index, row] of [...body.rows].entries()) showLine(row, lines[index]);
    if (foot.cells.length === 0) foot.append(...emptyRow().cells);
    const sums = COLUMNS.map(([, value], index) =>
      index < SUMMED_FROM ? "" : count(lines.reduce((sum, line) => sum + (value(line) ?? 0), 0)),
    );
    for (const [index, text] of ["All", ...sums, ""].entries()) {
      const cell = foot.cells[index];
      if (cell) setText(cell, text);
    }
  };
  return {
    open: () => {
      dialog.open();
      if (last) draw(last);
    },
    draw,
  };
}

function showVerdict(target: HTMLElement, lines: readonly LedgerLine[]): void {
  const { verdict, records, onTheirWay, complaints } = accountOf(lines);
  const way = onTheirWay > 0 ? `, ${count(onTheirWay)} of them still on their way` : "";
  const sentences = {
    balanced: `✓ All ${count(records)} records are accounted for${way}. Nothing is missing, nothing is there twice.`,
    unknown: lines.length === 0 ? "The ledger is not known yet." : "Kafka does not answer: what it holds is not known.",
    wrong: `✗ ${complaints.join("; ")}`,
  };
  setText(target, sentences[verdict]);
  const className = `verdict ${{ balanced: "good", unknown: "", wrong: "bad" }[verdict]}`;
  if (target.className !== className) target.className = className;
}

function emptyRow(): HTMLTableRowElement {
  const head = element("th", { scope: "row" });
  return element("tr", {}, head, ...[...COLUMNS, ""].map(() => element("td", { class: "number" })));
}

function showLine(row: HTMLTableRowElement, line: LedgerLine | undefined): void {
  row.hidden = line === undefined;
  if (line === undefined) return;
  const complaint = complaintOf(line);
  const title = sourceTitle(line.source);
  const texts = [
    `${title} ${line.partition}`,
    ...COLUMNS.map(([, value]) => count(value(line))),
    complaint === undefined ? "✓" : `✗ ${complaint}`,
  ];
  for (const [index, text] of texts.entries()) {
    const cell = row.cells[index];
    if (cell) setText(cell, text);
  }
  row.title = line.topic;
}
