import { type Actions, failureInWords } from "./actions.ts";
import { element, setText } from "./element.ts";
import type { Frame } from "./frame.ts";
import { SOURCES } from "./sources.ts";

/** Before the first transaction: what to do, and the buttons that do it. @returns what shows or hides it */
export function createEmptyState(target: HTMLElement, actions: Actions): (frame: Frame) => void {
  const status = element("output");
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    const message = await work().then(() => "✓ Done. It appears here as soon as its second is over.", failureInWords);
    setText(status, message);
  };
  const sends = SOURCES.map(({ id, title }) => {
    const button = element("button", { type: "button", class: "primary" }, `Send one from ${title}`);
    button.addEventListener("click", () => void attempt(() => actions.sendOne(id)));
    return button;
  });
  const flows = SOURCES.slice(0, 1).map(({ id, title }) => {
    const button = element("button", { type: "button" }, `Let ${title} send 100 a second`);
    button.addEventListener("click", () => void attempt(() => actions.setRate(id, 100)));
    return button;
  });
  target.append(element("div", { class: "buttons" }, ...sends, ...flows), status);
  return ({ tick }) => {
    const lines = tick?.ledger ?? [];
    target.hidden = lines.length === 0 || lines.some(({ firstOffset, endOffset }) => endOffset !== firstOffset);
  };
}
