/** A best guess is forgotten after this long: the clocks may drift, and the server's may be set. */
const FORGET_AFTER_MS = 30_000;

/**
 * The server's clock as this page knows it. The browser's own clock is never used for data, so that a wrong one
 * changes nothing.
 */
export class ServerClock {
  /** Server's time minus this page's running time; the largest has come with the least delay. */
  #offsetMs: number = Number.NaN;
  #nextOffsetMs: number = Number.NEGATIVE_INFINITY;
  #turnedAt = 0;
  #delayMs = 0;

  /** @param serverMs - what the server's clock said in a message that has just arrived */
  hear(serverMs: number): void {
    const arrivedAt = performance.now();
    const offset = serverMs - arrivedAt;
    this.#nextOffsetMs = Math.max(this.#nextOffsetMs, offset);
    if (arrivedAt - this.#turnedAt > FORGET_AFTER_MS) {
      this.#offsetMs = this.#nextOffsetMs;
      this.#nextOffsetMs = offset;
      this.#turnedAt = arrivedAt;
    }
    if (!(this.#offsetMs >= offset)) this.#offsetMs = offset;
    this.#delayMs = this.#offsetMs - offset;
  }

  /** The server's time now, ms since 1970; `NaN` before the first message. */
  now(): number {
    return performance.now() + this.#offsetMs;
  }

  /** How much later the last message came than the fastest one, in ms. */
  get delayMs(): number {
    return this.#delayMs;
  }
}
