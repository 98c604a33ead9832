import { count, duration, rate, UNKNOWN } from "./formats.ts";
import type { Frame } from "./frame.ts";
import { producedPerSecond, storedPerSecond } from "./rates.ts";
import { overSources } from "./totals.ts";

const EVERY_MS = 10_000;

/** One polite sentence every ten seconds for those who do not see the page, and single ones at once. */
export class Announcer {
  readonly #target: HTMLElement;
  #saidAt = 0;

  /** @param target - a live region */
  constructor(target: HTMLElement) {
    this.#target = target;
  }

  /** Says a sentence now. */
  say(sentence: string): void {
    this.#target.textContent = sentence;
    this.#saidAt = performance.now();
  }

  /** Says how things are, if the last sentence was long enough ago. */
  sayNow(frame: Frame, state: string): void {
    if (performance.now() - this.#saidAt < EVERY_MS) return;
    const p95 = duration(frame.ring.percentile("p95", frame.newest));
    const stored = overSources(frame.totals, (totals) => totals.stored);
    const letters = overSources(frame.totals, (totals) => totals.deadLettered);
    const sentences = [
      `${state}.`,
      `${rate(producedPerSecond(frame))} transactions per second produced, ${rate(storedPerSecond(frame))} stored.`,
      ...(p95 === UNKNOWN ? [] : [`95 percent were stored within ${p95}.`]),
      `${count(stored)} stored in all, ${count(letters)} dead letters.`,
    ];
    this.say(sentences.join(" "));
  }
}
