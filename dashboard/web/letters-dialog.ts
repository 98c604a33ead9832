import { REASONS } from "#contract/reasons.ts";
import { ActionFailed, type Actions, failureInWords, type Letter } from "./actions.ts";
import { createDialog } from "./dialog.ts";
import { element, setText } from "./element.ts";
import { count, moment, plain } from "./formats.ts";

/** Bytes of a value that is no text, shown at most. */
const BYTES_SHOWN = 600;

/** Makes the dialog behind the tile "Dead letters". @returns what opens it */
export function createLettersDialog(actions: Actions): () => void {
  const status = element("p", { role: "status" });
  const list = element("ul", { class: "letters" });
  const more = element("button", { type: "button", hidden: true }, "Older ones");
  const introduction = "Records that are no transactions, kept whole: mend the cause and send them again.";
  const dialog = createDialog(
    "letters",
    "Dead letters",
    element("p", { class: "muted" }, introduction),
    status,
    list,
    more,
  );
  let next: string | undefined;
  const load = async (): Promise<void> => {
    more.disabled = true;
    try {
      const page = await actions.letters(next);
      next = page.next ?? undefined;
      list.append(...page.deadLetters.map((letter) => letterItem(letter, actions)));
      setText(status, list.children.length === 0 ? "✓ There is none." : "");
      more.hidden = page.next === null;
    } catch (error) {
      setText(status, failureInWords(error));
    }
    more.disabled = false;
  };
  more.addEventListener("click", () => void load());
  return () => {
    next = undefined;
    list.replaceChildren();
    setText(status, "Asking …");
    dialog.open();
    void load();
  };
}

function letterItem(letter: Letter, actions: Actions): HTMLLIElement {
  const { topic, partition, offset, reason, detail, valueSize } = letter;
  const meaning = Object.hasOwn(REASONS, reason) ? REASONS[reason as keyof typeof REASONS] : "";
  const place = `${topic}/${partition}/${offset}`;
  const replayed = element("span", { class: "muted" }, replayedText(letter.replayed_at));
  const inside = element("details", {}, element("summary", {}, `Look inside (${count(valueSize)} bytes)`));
  inside.addEventListener("toggle", () => {
    if (inside.open && inside.children.length === 1) inside.append(insideOf(letter, actions, replayed));
  });
  return element(
    "li",
    {},
    element(
      "div",
      { class: "letter-head" },
      element("span", { class: "badge cancelled" }, reason),
      element("span", {}, meaning),
      element("span", { class: "muted" }, moment(Date.parse(letter.dead_lettered_at))),
    ),
    element("p", { class: "detail" }, element("bdi", {}, plain(detail))),
    element("p", { class: "muted" }, element("code", {}, place), " ", replayed),
    inside,
  );
}

/** The value, which may be corrected, and the buttons that send it again. */
function insideOf(letter: Letter, actions: Actions, replayed: HTMLElement): HTMLElement {
  const place = `${letter.topic}/${letter.partition}/${letter.offset}`;
  const status = element("p", { role: "status" });
  const text = letter.value === null ? bytesOf(letter) : pretty(letter.value);
  const value = element("textarea", { rows: "10", spellcheck: "false", "aria-label": `Value of ${place}` });
  value.value = text;
  const asItWas = element("button", { type: "button" }, "Send again as it was");
  const corrected = element("button", { type: "button", disabled: true }, "Send as corrected above");
  value.addEventListener("input", () => {
    corrected.disabled = value.value === text;
  });
  const replay = async (read: () => unknown): Promise<void> => {
    asItWas.disabled = corrected.disabled = true;
    try {
      await actions.replay(letter, read());
      setText(status, "✓ It is in Kafka again; the consumer decides anew.");
      setText(replayed, replayedText(new Date().toISOString()));
    } catch (error) {
      setText(status, failureInWords(error));
    }
    asItWas.disabled = false;
    corrected.disabled = value.value === text;
  };
  asItWas.addEventListener("click", () => void replay(() => undefined));
  corrected.addEventListener("click", () => void replay(() => parse(value.value)));
  const more = element("p", { class: "muted" }, element("bdi", {}, moreAbout(letter)));
  return element("div", {}, more, value, element("div", { class: "buttons" }, asItWas, corrected), status);
}

function moreAbout({ key, headers, produced_at }: Letter): string {
  const names = Object.entries(headers).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const header = names.length === 0 ? "no headers" : `headers ${names.join(", ")}`;
  return plain(`Produced ${moment(Date.parse(produced_at))}, key ${key ?? "none"}, ${header}.`);
}

function bytesOf({ valueBase64 }: Letter): string {
  if (valueBase64 === null) return "";
  const bytes = [...atob(valueBase64.slice(0, BYTES_SHOWN * 2))].slice(0, BYTES_SHOWN);
  return bytes.map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join(" ");
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ActionFailed(`What is above is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

function replayedText(at: string | null): string {
  return at === null ? "" : `sent again ${moment(Date.parse(at))}`;
}
