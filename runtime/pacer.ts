import { PacerSchedule, type RatePlan } from "./pacer-schedule.ts";
import type { RateProfile } from "./rate-profile.ts";

/** Timers are no finer than this; at high rates several transactions are made per tick. */
const TICK_MS = 10;
/** Where nothing more can be taken, whoever takes it pokes; this is only for the case that nobody does. */
const BLOCKED_MS = 100;
/** The source counts as behind when it has had to forget transactions for this long: a hiccup is none … */
const HICCUP_MS = 2_000;
/** … without a pause longer than this … */
const FORGETTING_PAUSE_MS = 2_500;
/** … and for this long after the last one. */
const BEHIND_MS = 5_000;

/** What a pacer needs. */
export interface PacerOptions {
  readonly rate: RateProfile;
  /**
   * Makes up to `count` transactions now and says how many it took on; less than `count` means "not more now".
   * Whoever can take more later calls {@link Pacer.poke}.
   */
  readonly make: (count: number) => number;
  /** Called again and again while the source is behind the asked rate, and once when it keeps up again. */
  readonly onBehind?: (behind: boolean) => void;
}

/** Calls `make` so that over time exactly the asked rate comes out. With a rate of 0 no timer is armed. */
export class Pacer {
  readonly #options: PacerOptions;
  readonly #schedule: PacerSchedule;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #forgettingSinceMs = 0;
  #forgotAtMs = Number.NEGATIVE_INFINITY;
  #behindUntilMs = 0;
  #behind = false;

  constructor(options: PacerOptions) {
    this.#options = options;
    this.#schedule = new PacerSchedule(options.rate, performance.now());
  }

  /** Begins; what took long before (a catalogue, a first connection) is no debt. */
  start(): void {
    this.#schedule.begin(performance.now());
    this.#running = true;
    this.poke();
  }

  /** Makes nothing any more. */
  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Changes the rate from now on. */
  set(plan: RatePlan): void {
    this.#schedule.set(plan, performance.now());
    this.poke();
  }

  /** Counts transactions that were made beyond those asked for (an answer held several); the next ones wait. */
  madeMore(count: number): void {
    this.#schedule.made(count);
  }

  /** The rate asked for at this moment, per second. */
  get askedPerSecond(): number {
    return this.#schedule.rateAt(performance.now());
  }

  /** What was asked for: the present profile, the seconds that it still holds (`Infinity` for ever), what comes then. */
  get plan(): { rate: RateProfile; secondsLeft: number; after: RateProfile | undefined } {
    const nowMs = performance.now();
    const { rate, endMs, after } = this.#schedule.planAt(nowMs);
    return { rate, secondsLeft: (endMs - nowMs) / 1000, after };
  }

  /** Whether the asked rate is more than could be made in the last seconds. */
  get behind(): boolean {
    return this.#behind;
  }

  /** Transactions that were due and never made. */
  get forgotten(): number {
    return this.#schedule.forgotten;
  }

  /** Looks at once whether something is due. */
  poke(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#running) return;
    const nowMs = performance.now();
    const forgottenBefore = this.#schedule.forgotten;
    const due = this.#schedule.due(nowMs);
    const made = due > 0 ? this.#options.make(due) : 0;
    this.#schedule.made(made);
    this.#noteBehind(this.#schedule.forgotten > forgottenBefore, nowMs);
    const waitMs = this.#schedule.waitMs(nowMs);
    if (waitMs === undefined) return;
    this.#timer = setTimeout(() => this.poke(), Math.max(made < due ? BLOCKED_MS : TICK_MS, waitMs));
  }

  #noteBehind(forgot: boolean, nowMs: number): void {
    if (forgot) {
      if (nowMs - this.#forgotAtMs > FORGETTING_PAUSE_MS) this.#forgettingSinceMs = nowMs;
      this.#forgotAtMs = nowMs;
      if (nowMs - this.#forgettingSinceMs >= HICCUP_MS) this.#behindUntilMs = nowMs + BEHIND_MS;
    }
    const behind = nowMs < this.#behindUntilMs;
    if (behind || this.#behind) this.#options.onBehind?.(behind);
    this.#behind = behind;
  }
}
