/** What the keys of the page do. */
export interface KeyActions {
  readonly togglePause: () => void;
  readonly backToLive: () => void;
  /** 1, 2, 3: the ranges in their order. */
  readonly chooseRange: (index: number) => void;
}

/** Listens to the page's keys; never while the person types, or a key means something where the focus is. */
export function listenToKeys(actions: KeyActions): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("input, textarea, select, dialog[open]") !== null) return;
    if (event.key === "Escape") actions.backToLive();
    else if (event.key === " " && target.closest("button, summary, a, [role=button]") === null) actions.togglePause();
    else if (/^[1-3]$/.test(event.key)) actions.chooseRange(Number(event.key) - 1);
    else return;
    event.preventDefault();
  });
}
