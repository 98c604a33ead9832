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

/**
 * What the first `count` transactions of a seed become, provided that none of them was sent on request (those are
 * sent without fault) and the shares did not change meanwhile.
 */
export function expectedOf(seed: number, shares: FaultShares, count: number): Expected {
  const draw = new FaultDraw(seed);
  const faults: Record<FaultKind, number> = { duplicate: 0, late: 0, malformed: 0, conflict: 0, oversize: 0 };
  const reasons: Partial<Record<Reason, number>> = {};
  const park = (reason: Reason): void => {
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  for (let index = 0; index < count; index++) {
    const fault = draw.at(index, shares);
    if (fault === undefined) continue;
    faults[fault]++;
    if (fault === "malformed") park(MALFORMED[draw.random.below(MALFORMED.length)]?.reason ?? "empty");
    if (fault === "conflict") park("conflict");
    if (fault === "oversize") park("too-large");
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
