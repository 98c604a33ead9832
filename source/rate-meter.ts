/** Seconds over which the present rate is averaged. */
const SECONDS = 5;

/** How many per second there were of late, without a timer. */
export class RateMeter {
  readonly #counts = new Float64Array(SECONDS + 1);
  readonly #startMs = performance.now();
  #second = 0;

  /** Counts some now. */
  count(count: number): void {
    this.#turn();
    const slot = this.#second % this.#counts.length;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count;
  }

  /** Average per second of the last whole seconds, 5 at most. */
  get perSecond(): number {
    this.#turn();
    const whole = Math.min(SECONDS, this.#second);
    if (whole === 0) return 0;
    let sum = 0;
    for (let back = 1; back <= whole; back++) sum += this.#counts[(this.#second - back) % this.#counts.length] ?? 0;
    return sum / whole;
  }

  #turn(): void {
    const now = Math.floor((performance.now() - this.#startMs) / 1000);
    for (const last = Math.min(now, this.#second + this.#counts.length); this.#second < last; ) {
      this.#second++;
      this.#counts[this.#second % this.#counts.length] = 0;
    }
    this.#second = now;
  }
}
