import type { Db } from "mongodb";
import { LATENCY_BOUNDS_MS, percentileMs, type Rollup } from "#contract/rollup.ts";
import { COLLECTIONS } from "#contract/storage.ts";

/** Produced to stored, of all transactions stored in one minute; ms. */
export interface MinuteLatency {
  /** From the start of the soak, from 0. */
  readonly minute: number;
  readonly stored: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Percentiles per minute from the merged histograms of the rollups, so exact to their buckets. */
export async function minuteLatencies(db: Db, from: Date, minutes: number): Promise<MinuteLatency[]> {
  const counts = Array.from({ length: minutes }, () => new Float64Array(LATENCY_BOUNDS_MS.length + 1));
  const rollups = db.collection<Rollup>(COLLECTIONS.rollups).find({ second: { $gte: from } });
  for await (const { second, latency } of rollups) {
    const minute = counts[Math.floor((second.getTime() - from.getTime()) / 60_000)];
    for (const [bucket, count] of Object.entries(latency ?? {}))
      if (minute !== undefined) minute[Number(bucket)] = (minute[Number(bucket)] ?? 0) + Number(count);
  }
  return counts.map((histogram, minute) => {
    const at = (share: number): number => percentileMs(histogram, share) ?? Number.NaN;
    const stored = histogram.reduce((sum, count) => sum + count, 0);
    return { minute, stored, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  });
}
