import { element } from "./element.ts";

/** A dialog over the page: Escape, the cross and a click beside it close it; the browser keeps the focus inside. */
export interface Dialog {
  readonly root: HTMLDialogElement;
  readonly body: HTMLElement;
  open(): void;
}

/** Makes a dialog, closed. */
export function createDialog(id: string, title: string, ...content: readonly (Node | string)[]): Dialog {
  const close = element("button", { class: "quiet", type: "button", "aria-label": "Close" }, "✕");
  const heading = element("h2", { id: `${id}-title` }, title);
  const body = element("div", { class: "dialog-body" }, ...content);
  const root = element("dialog", { id, "aria-labelledby": `${id}-title` }, element("header", {}, heading, close), body);
  close.addEventListener("click", () => root.close());
  root.addEventListener("click", (event) => {
    if (event.target === root) root.close();
  });
  document.body.append(root);
  return { root, body, open: () => root.showModal() };
}
