/**
 * How many transactions per second are asked for, as pure functions of the seconds since the profile began.
 * Their integral says how many must have been made by then, whatever the timers did.
 */

/** Names that people ask for. */
export const PROFILES = ["constant", "ramp", "sine", "burst"] as const;
/** One of {@link PROFILES}. */
export type ProfileName = (typeof PROFILES)[number];

/** A rate over time; `perSecond` is the highest rate it reaches (of a ramp: the last one). */
export type RateProfile =
  | { readonly profile: "constant"; readonly perSecond: number }
  /** From one rate to another in a straight line, then constant. */
  | { readonly profile: "ramp"; readonly from: number; readonly perSecond: number; readonly rampSeconds: number }
  /** A day in miniature: from a tenth of the rate up to all of it and back in each period. */
  | { readonly profile: "sine"; readonly perSecond: number; readonly periodSeconds: number }
  /** All of the rate for the first fifth of each period, a tenth of it for the rest. */
  | { readonly profile: "burst"; readonly perSecond: number; readonly periodSeconds: number };

const LOW_SHARE = 0.1;
const BURST_SHARE = 0.2;

/** Transactions per second that a profile asks for at a time. */
export function rateAt(rate: RateProfile, seconds: number): number {
  switch (rate.profile) {
    case "constant":
      return rate.perSecond;
    case "ramp": {
      if (seconds >= rate.rampSeconds) return rate.perSecond;
      return rate.from + ((rate.perSecond - rate.from) * seconds) / rate.rampSeconds;
    }
    case "sine": {
      const wave = (1 - Math.cos((2 * Math.PI * seconds) / rate.periodSeconds)) / 2;
      return rate.perSecond * (LOW_SHARE + (1 - LOW_SHARE) * wave);
    }
    case "burst": {
      const phase = (seconds % rate.periodSeconds) / rate.periodSeconds;
      return phase < BURST_SHARE ? rate.perSecond : rate.perSecond * LOW_SHARE;
    }
  }
}

/** Transactions that a profile asks for in its first `seconds`: the integral of {@link rateAt}, exact. */
export function countUntil(rate: RateProfile, seconds: number): number {
  switch (rate.profile) {
    case "constant":
      return rate.perSecond * seconds;
    case "ramp": {
      const ramped = Math.min(seconds, rate.rampSeconds);
      const slope = rate.rampSeconds > 0 ? (rate.perSecond - rate.from) / rate.rampSeconds : 0;
      return rate.from * ramped + (slope * ramped * ramped) / 2 + rate.perSecond * (seconds - ramped);
    }
    case "sine": {
      const angle = (2 * Math.PI * seconds) / rate.periodSeconds;
      const wave = (seconds - (rate.periodSeconds * Math.sin(angle)) / (2 * Math.PI)) / 2;
      return rate.perSecond * (LOW_SHARE * seconds + (1 - LOW_SHARE) * wave);
    }
    case "burst": {
      const periods = Math.floor(seconds / rate.periodSeconds);
      const rest = seconds - periods * rate.periodSeconds;
      const full = BURST_SHARE * rate.periodSeconds;
      const onePeriod = full + LOW_SHARE * (rate.periodSeconds - full);
      const begun = Math.min(rest, full) + LOW_SHARE * Math.max(0, rest - full);
      return rate.perSecond * (periods * onePeriod + begun);
    }
  }
}
