import { LATENCY_BOUNDS_MS, type Rollup } from "#contract/rollup.ts";
import type { SourceId } from "#contract/sources.ts";
import { PAYMENT_METHODS, STATUSES } from "#contract/transaction.ts";
import type { Sales } from "./web/feed-format.ts";

/** The fields of a rollup that a second is made of. */
export type RollupCounts = Pick<
  Rollup,
  "second" | "source" | "stored" | "duplicates" | "deadLettered" | "revenueCents" | "statuses" | "payments" | "latency"
>;

/** One source's sums of a second. */
export interface SourceSums {
  /** Records read from Kafka, whatever became of them. */
  readonly read: number;
  readonly sales: Sales;
}

/** A second in which nothing was stored. */
export function noSales(): Sales {
  return {
    stored: 0,
    revenueCents: 0,
    statuses: STATUSES.map(() => 0),
    payments: PAYMENT_METHODS.map(() => 0),
    latency: [],
  };
}

/** Adds the rollups of one second up, by source; there is one per partition. */
export function addUp(rollups: readonly RollupCounts[]): Map<SourceId, SourceSums> {
  const sums = new Map<SourceId, SourceSums>();
  for (const rollup of rollups) {
    const { read, sales } = sums.get(rollup.source) ?? { read: 0, sales: noSales() };
    sums.set(rollup.source, {
      read: read + rollup.stored + rollup.duplicates + rollup.deadLettered,
      sales: {
        stored: sales.stored + rollup.stored,
        revenueCents: sales.revenueCents + rollup.revenueCents,
        statuses: STATUSES.map((status, index) => (sales.statuses[index] ?? 0) + (rollup.statuses?.[status] ?? 0)),
        payments: PAYMENT_METHODS.map(
          (method, index) => (sales.payments[index] ?? 0) + (rollup.payments?.[method] ?? 0),
        ),
        latency: addLatency(sales.latency, rollup.latency ?? {}),
      },
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
