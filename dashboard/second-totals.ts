import { LATENCY_BOUNDS_MS, type Rollup } from "#contract/rollup.ts";
import type { SourceId } from "#contract/sources.ts";
import { PAYMENT_METHODS, STATUSES } from "#contract/transaction.ts";
import type { SecondOfSource } from "./web/feed-format.ts";

/** The fields of a rollup that a second is made of. */
export type RollupCounts = Pick<
  Rollup,
  "second" | "source" | "stored" | "revenueCents" | "statuses" | "payments" | "latency"
>;

/** A second in which nothing was stored. */
export function emptySecond(produced: number | null): SecondOfSource {
  return {
    produced,
    stored: 0,
    revenueCents: 0,
    statuses: STATUSES.map(() => 0),
    payments: PAYMENT_METHODS.map(() => 0),
    latency: [],
  };
}

/** Adds the rollups of one second up, by source; one per partition. */
export function addUp(rollups: readonly RollupCounts[]): Map<SourceId, SecondOfSource> {
  const sums = new Map<SourceId, SecondOfSource>();
  for (const rollup of rollups) {
    const before = sums.get(rollup.source) ?? emptySecond(null);
    sums.set(rollup.source, {
      produced: null,
      stored: before.stored + rollup.stored,
      revenueCents: before.revenueCents + rollup.revenueCents,
      statuses: STATUSES.map((status, index) => (before.statuses[index] ?? 0) + (rollup.statuses?.[status] ?? 0)),
      payments: PAYMENT_METHODS.map(
        (method, index) => (before.payments[index] ?? 0) + (rollup.payments?.[method] ?? 0),
      ),
      latency: addLatency(before.latency, rollup.latency ?? {}),
    });
  }
  return sums;
}

function addLatency(before: readonly number[], counts: Readonly<Record<string, number>>): number[] {
  const sum = [...before];
  for (const [bucket, count] of Object.entries(counts)) {
    const index = Number(bucket);
    if (!(index >= 0 && index <= LATENCY_BOUNDS_MS.length)) continue;
    while (sum.length <= index) sum.push(0);
    sum[index] = (sum[index] ?? 0) + count;
  }
  return sum;
}
