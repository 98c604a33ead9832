import type { FaultKind, FaultShares, Reason } from "#contract/reasons.ts";
import { FaultDraw } from "./fault-draw.ts";
import { MALFORMED } from "./malformed.ts";

/** What must have arrived after a run, known before it. */
export interface Expected {
  /** Records in Kafka. */
  readonly records: number;
  /** Documents in MongoDB. */
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly faults: Readonly<Record<FaultKind, number>>;
}

/** From which transaction on which shares of faults were in force. */
export interface FaultPeriod {
  /** Index of the first transaction, from 0. */
  readonly from: number;
  readonly shares: FaultShares;
}

/**
 * What the first `count` transactions of a seed become, provided that none of them was sent on request (those are
 * sent without fault).
 */
export function expectedOf(seed: number, shares: FaultShares, count: number): Expected {
  return expectedOfPeriods(seed, [{ from: 0, shares }], count);
}

/** The same for a run during which the shares were changed. */
export function expectedOfPeriods(seed: number, periods: readonly FaultPeriod[], count: number): Expected {
  const draw = new FaultDraw(seed);
  const faults: Record<FaultKind, number> = { duplicate: 0, late: 0, malformed: 0, conflict: 0, oversize: 0 };
  const reasons: Partial<Record<Reason, number>> = {};
  const park = (reason: Reason): void => {
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  for (const [place, { from, shares }] of periods.entries()) {
    const to = Math.min(count, periods[place + 1]?.from ?? count);
    for (let index = from; index < to; index++) {
      const fault = draw.at(index, shares);
      if (fault === undefined) continue;
      faults[fault]++;
      if (fault === "malformed") park(MALFORMED[draw.random.below(MALFORMED.length)]?.reason ?? "empty");
      if (fault === "conflict") park("conflict");
      if (fault === "oversize") park("too-large");
    }
  }
  return {
    records: count + faults.duplicate + faults.conflict,
    stored: count - faults.malformed - faults.oversize,
    duplicates: faults.duplicate,
    deadLettered: faults.malformed + faults.conflict + faults.oversize,
    reasons,
    faults,
  };
}
