import { countUntil, type RateProfile, rateAt } from "./rate-profile.ts";

/** A profile, and how long it holds. */
export interface RatePlan {
  readonly rate: RateProfile;
  /** After this many seconds it is again what it was before; without it the plan stays. */
  readonly forSeconds?: number;
}

interface Running extends RatePlan {
  readonly startMs: number;
  readonly endMs: number;
  /** What comes after `endMs`; its own time goes on meanwhile. */
  readonly after: Running | undefined;
}

/** A delay is caught up on at this much of the asked rate … */
const CATCH_UP = 1.25;
/**
 * … after at most this much at once, so that no 100 ms see more than twice the asked rate, not even where the process is
 * held up in the middle of a tick: this much before, this much again behind it, and 1.25 times what the rest asks for …
 */
const AT_ONCE_MS = 35;
/** … but two at least: with room for less than one between two ticks a slow rate would lose the rest. */
const ALWAYS_AT_ONCE = 2;
/** A delay longer than this is forgotten: after an outage the source goes on at its rate. */
const LONGEST_DEBT_MS = 1_000;

/**
 * Which transaction is due when. Everything is computed from the clock and the profile's integral, nothing from
 * timer ticks, so there is no drift; there are no timers in here, the time is handed in (ms, monotonic).
 */
export class PacerSchedule {
  #plan: Running;
  /** Where on the integral of the present plan counting began. */
  #anchorMs: number;
  /** Asked for since the anchor and not yet made, at the anchor. */
  #carried = 0;
  #made = 0;
  #forgotten = 0;
  #allowance = 1;
  #allowanceMs: number;

  constructor(rate: RateProfile, nowMs: number) {
    this.#plan = { rate, startMs: nowMs, endMs: Number.POSITIVE_INFINITY, after: undefined };
    this.#anchorMs = nowMs;
    this.#allowanceMs = nowMs;
  }

  /** Forgets what was due until now: counting begins here. */
  begin(nowMs: number): void {
    this.#passTo(nowMs);
    this.#carried = 0;
    this.#made = 0;
    this.#anchorMs = nowMs;
    this.#allowanceMs = nowMs;
  }

  /** Transactions that were due and never made, because nothing could take them for too long. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Changes the rate from now on; nothing that was due before is lost or made twice. */
  set(plan: RatePlan, nowMs: number): void {
    this.#passTo(nowMs);
    this.#anchorAt(nowMs);
    const { forSeconds } = plan;
    const base = this.#plan.after ?? this.#plan;
    this.#plan = {
      ...plan,
      startMs: nowMs,
      endMs: forSeconds === undefined ? Number.POSITIVE_INFINITY : nowMs + forSeconds * 1000,
      after: forSeconds === undefined ? undefined : base,
    };
  }

  /** The plan that holds now, when it ends (ms, `Infinity` for never) and what comes then. */
  planAt(nowMs: number): { rate: RateProfile; endMs: number; after: RateProfile | undefined } {
    this.#passTo(nowMs);
    return { rate: this.#plan.rate, endMs: this.#plan.endMs, after: this.#plan.after?.rate };
  }

  /** Transactions per second asked for at this moment. */
  rateAt(nowMs: number): number {
    this.#passTo(nowMs);
    return rateAt(this.#plan.rate, (nowMs - this.#plan.startMs) / 1000);
  }

  /** How many may be made now. Also forgets what has been due for too long. */
  due(nowMs: number): number {
    const rate = this.rateAt(nowMs);
    const mostOwed = Math.max(1, (rate * LONGEST_DEBT_MS) / 1000);
    const owed = this.#owed(nowMs);
    if (owed > mostOwed + 1) {
      const excess = Math.floor(owed - mostOwed);
      this.#forgotten += excess;
      this.#made += excess;
    }
    this.#refill(rate, nowMs);
    // A hair of tolerance, or a rounded clock makes the last one of each second come one tick late.
    return Math.max(0, Math.floor(Math.min(this.#owed(nowMs), this.#allowance) + 1e-6));
  }

  /** Counts transactions as made; it may be more than were due, then the next ones wait. */
  made(count: number): void {
    this.#made += count;
    this.#allowance -= count;
  }

  /**
   * How long until something is to be done, in ms: a transaction is due or the plan ends; `undefined` when there is
   * nothing to wait for (the rate is 0 and stays 0).
   */
  waitMs(nowMs: number): number | undefined {
    const { rate, endMs, startMs } = this.#plan;
    const horizonMs = 3_600_000;
    const untilEnd = endMs - nowMs;
    const asked = (ms: number): number => countUntil(rate, (nowMs + ms - startMs) / 1000);
    const needed = asked(0) + 1 - this.#owed(nowMs) - 1e-6;
    if (asked(horizonMs) === asked(0)) return Number.isFinite(untilEnd) ? untilEnd : undefined;
    if (asked(horizonMs) < needed) return Math.min(horizonMs, untilEnd);
    let low = 0;
    let high = horizonMs;
    while (high - low > 0.05) {
      const middle = (low + high) / 2;
      if (asked(middle) >= needed) high = middle;
      else low = middle;
    }
    return Math.min(high, untilEnd);
  }

  #owed(nowMs: number): number {
    return this.#carried + this.#askedSinceAnchor(nowMs) - this.#made;
  }

  #askedSinceAnchor(nowMs: number): number {
    const { rate, startMs } = this.#plan;
    return countUntil(rate, (nowMs - startMs) / 1000) - countUntil(rate, (this.#anchorMs - startMs) / 1000);
  }

  #passTo(nowMs: number): void {
    while (this.#plan.after !== undefined && nowMs >= this.#plan.endMs) {
      this.#anchorAt(this.#plan.endMs);
      this.#plan = this.#plan.after;
    }
  }

  #anchorAt(ms: number): void {
    this.#carried = this.#owed(ms);
    this.#made = 0;
    this.#anchorMs = ms;
  }

  #refill(rate: number, nowMs: number): void {
    const gained = (rate * CATCH_UP * (nowMs - this.#allowanceMs)) / 1000;
    this.#allowance = Math.min(this.#allowance + gained, ALWAYS_AT_ONCE + (rate * AT_ONCE_MS) / 1000);
    this.#allowanceMs = nowMs;
  }
}
