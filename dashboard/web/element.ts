/** Attributes; a function is a listener for the event of that name, `true` an attribute without value. */
type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/** Makes an element. Texts become text nodes, never HTML: whatever a transaction says is shown as it is. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** Changes an element's text, and touches nothing when it is the same. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Changes an attribute, and touches nothing when it is the same. */
export function setAttribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** Changes a bar's length, as a share of its track, and touches nothing when it is the same. */
export function setWidth(bar: HTMLElement, share: number): void {
  const width = `${(share * 100).toFixed(1)}%`;
  if (bar.style.width !== width) bar.style.width = width;
}

/** The element of the page that has an id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
