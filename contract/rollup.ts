/**
 * What the dashboard shows of stored transactions: one document per second, topic and partition, incremented
 * in the same MongoDB transaction as the ledger, so exact. Safe for the browser.
 */
import type { SourceId } from "./sources.ts";
import type { PaymentMethod, Status } from "./transaction.ts";

/** Counters of one second of one partition. The second is that of `ingest.stored_at`. */
export interface Rollup {
  /** `topic/partition/seconds since 1970` */
  _id: string;
  /** Start of the second; the TTL index stands on it. */
  second: Date;
  topic: string;
  partition: number;
  source: SourceId;
  stored: number;
  duplicates: number;
  deadLettered: number;
  absent: number;
  /** Sum of `total_amount` in whole cents. */
  revenueCents: number;
  statuses: Partial<Record<Status, number>>;
  payments: Partial<Record<PaymentMethod, number>>;
  /** Produced to stored, counted by bucket index of {@link latencyBucket}. */
  latency: Record<string, number>;
  /** By {@link fieldName} of the product's name: pieces sold and cents; of the largest names, see {@link TOP_KEPT}. */
  products: Record<string, { pieces: number; cents: number }>;
  /** Transactions by {@link fieldName} of the state; of the most frequent names, see {@link TOP_KEPT}. */
  states: Record<string, number>;
  /** Up to {@link SAMPLES_KEPT} transaction ids of this second, for the live tail. */
  samples: string[];
}

/**
 * How many products and states of its second a rollup counts in full; with fewer names all are. A name is counted once it
 * is among so many largest ones, then with all that this second has of it, as far as the consumer knows: one that takes
 * over, or writes a batch with care, begins with what it then has. A name that falls behind stays, with what it had.
 */
export const TOP_KEPT = 24;
/** How many ids a rollup keeps for the live tail. */
export const SAMPLES_KEPT = 5;

/** Upper bounds of the latency buckets in ms, 40 of them, each 1.36 times the one before; one more bucket holds the rest. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from({ length: 40 }, (_, index) => 1.36 ** index);

/**
 * Index of the bucket that a latency falls into.
 *
 * @param ms - produced to stored; clocks may disagree, so it may be negative (then the first bucket)
 */
export function latencyBucket(ms: number): number {
  if (ms <= 1) return 0;
  return Math.min(LATENCY_BOUNDS_MS.length, Math.ceil(Math.log(ms) / Math.log(1.36) - 1e-9));
}

/**
 * A percentile from merged bucket counts, interpolated inside its bucket.
 *
 * @param counts - by bucket index
 * @param share - 0 to 1, such as 0.95
 * @returns ms, or `undefined` when nothing was counted
 */
export function percentileMs(counts: ArrayLike<number>, share: number): number | undefined {
  let total = 0;
  for (let index = 0; index < counts.length; index++) total += counts[index] ?? 0;
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index] ?? 0;
    if (count > 0 && below + count >= rank) {
      const low = index === 0 ? 0 : (LATENCY_BOUNDS_MS[index - 1] ?? 0);
      const high = LATENCY_BOUNDS_MS[index] ?? low;
      return low + (high - low) * Math.min(1, Math.max(0, (rank - below) / count));
    }
    below += count;
  }
  return LATENCY_BOUNDS_MS.at(-1);
}

/**
 * A text as the name of a MongoDB field in an update path: dots, a leading dollar and NUL have a meaning there,
 * so their full-width forms (U+2024, U+FF04, U+2400) stand for them; at most 80 characters.
 */
export function fieldName(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  const safe = short.replaceAll(".", "․").replaceAll("\0", "␀").replace(/^\$/, "＄");
  return safe === "" ? "(none)" : safe;
}
