/** A choice that this browser remembers. Works without storage, too: then it lasts as long as the page. */
export class Setting<T> {
  readonly #key: string;
  #value: T;

  /** @param isValid - what another version of the page, or a person, left in the storage may be anything */
  constructor(name: string, otherwise: T, isValid: (value: unknown) => boolean) {
    this.#key = `transactions.${name}`;
    this.#value = otherwise;
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#key) ?? "null");
      if (kept !== null && isValid(kept)) this.#value = kept as T;
    } catch {
      // No storage, or no JSON in it.
    }
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    this.#value = value;
    try {
      localStorage.setItem(this.#key, JSON.stringify(value));
    } catch {
      // No storage: it lasts as long as the page.
    }
  }
}
