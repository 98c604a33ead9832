import { LATENCY_BOUNDS_MS, percentileMs } from "#contract/rollup.ts";
import type { SourceId } from "#contract/sources.ts";
import { PAYMENT_METHODS, STATUSES } from "#contract/transaction.ts";
import type { Second } from "./feed-format.ts";
import { SOURCES } from "./sources.ts";

/** A power of two above 15 minutes: half an hour, so that a paused page keeps what it shows for a while. */
const CAPACITY = 2048;
const BUCKETS = LATENCY_BOUNDS_MS.length + 1;

/** A percentile of the time to store. */
export type Percentile = "p50" | "p95" | "p99";

/** Counters of one source; `NaN` where they are not known. */
interface Columns {
  readonly produced: Float64Array;
  readonly stored: Float64Array;
  readonly revenueCents: Float64Array;
  readonly statuses: Uint32Array;
  readonly payments: Uint32Array;
}

/** What was sold in a span of time, by source in the order of `SOURCES`. */
export interface Sums {
  readonly stored: number[];
  readonly revenueCents: number[];
  /** By source, then by status. */
  readonly statuses: number[][];
  /** By source, then by payment method. */
  readonly payments: number[][];
  /** Seconds of the span that are known. */
  seconds: number;
}

/** The last half hour by second, in memory of a fixed size. */
export class SecondRing {
  readonly #second = new Float64Array(CAPACITY).fill(-1);
  readonly #columns: ReadonlyMap<SourceId, Columns> = new Map(SOURCES.map(({ id }) => [id, createColumns()]));
  readonly #latency = new Uint32Array(CAPACITY * BUCKETS);
  readonly #percentiles = { p50: createPercentile(0.5), p95: createPercentile(0.95), p99: createPercentile(0.99) };
  #newest = -1;

  /** The last second that is known, or -1. */
  get newest(): number {
    return this.#newest;
  }

  /** Adds a second, or replaces it. */
  put(fresh: Second): void {
    const { second, sources } = fresh;
    if (second <= this.#newest - CAPACITY) return;
    const slot = second % CAPACITY;
    this.#second[slot] = second;
    this.#newest = Math.max(this.#newest, second);
    const latency = this.#latency.subarray(slot * BUCKETS, (slot + 1) * BUCKETS).fill(0);
    for (const [id, columns] of this.#columns) {
      const { produced, sales } = sources[id];
      columns.produced[slot] = produced ?? Number.NaN;
      columns.stored[slot] = sales?.stored ?? Number.NaN;
      columns.revenueCents[slot] = sales?.revenueCents ?? Number.NaN;
      columns.statuses.fill(0, slot * STATUSES.length, (slot + 1) * STATUSES.length);
      columns.payments.fill(0, slot * PAYMENT_METHODS.length, (slot + 1) * PAYMENT_METHODS.length);
      columns.statuses.set(sales?.statuses ?? [], slot * STATUSES.length);
      columns.payments.set(sales?.payments ?? [], slot * PAYMENT_METHODS.length);
      for (const [bucket, count] of (sales?.latency ?? []).entries()) latency[bucket] = (latency[bucket] ?? 0) + count;
    }
    for (const { share, column } of Object.values(this.#percentiles))
      column[slot] = percentileMs(latency, share) ?? Number.NaN;
  }

  /** Records that arrived in Kafka within a second; `null` when that is not known. */
  produced(source: SourceId, second: number): number | null {
    return this.#value(this.#columns.get(source)?.produced, second);
  }

  /** Transactions stored within a second. */
  stored(source: SourceId, second: number): number | null {
    return this.#value(this.#columns.get(source)?.stored, second);
  }

  /** Their sum in cents. */
  revenueCents(source: SourceId, second: number): number | null {
    return this.#value(this.#columns.get(source)?.revenueCents, second);
  }

  /** Time from produced to stored in ms; `null` also when nothing was stored. */
  percentile(name: Percentile, second: number): number | null {
    return this.#value(this.#percentiles[name].column, second);
  }

  /** Adds up what was stored from one second to before another. */
  sums(from: number, to: number): Sums {
    const sums: Sums = {
      stored: SOURCES.map(() => 0),
      revenueCents: SOURCES.map(() => 0),
      statuses: SOURCES.map(() => STATUSES.map(() => 0)),
      payments: SOURCES.map(() => PAYMENT_METHODS.map(() => 0)),
      seconds: 0,
    };
    for (let second = Math.max(from, this.#newest - CAPACITY + 1); second < to; second++) {
      const slot = second % CAPACITY;
      if (this.#second[slot] !== second) continue;
      let isKnown = false;
      SOURCES.forEach(({ id }, source) => {
        const columns = this.#columns.get(id);
        const stored = columns?.stored[slot] ?? Number.NaN;
        if (columns === undefined || Number.isNaN(stored)) return;
        isKnown = true;
        increase(sums.stored, source, stored);
        increase(sums.revenueCents, source, columns.revenueCents[slot] ?? 0);
        addSlot(sums.statuses[source], columns.statuses, slot);
        addSlot(sums.payments[source], columns.payments, slot);
      });
      if (isKnown) sums.seconds++;
    }
    return sums;
  }

  #value(column: Float64Array | undefined, second: number): number | null {
    const slot = second % CAPACITY;
    if (column === undefined || second < 0 || this.#second[slot] !== second) return null;
    const value = column[slot] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }
}

function createPercentile(share: number): { readonly share: number; readonly column: Float64Array } {
  return { share, column: new Float64Array(CAPACITY) };
}

function createColumns(): Columns {
  return {
    produced: new Float64Array(CAPACITY),
    stored: new Float64Array(CAPACITY),
    revenueCents: new Float64Array(CAPACITY),
    statuses: new Uint32Array(CAPACITY * STATUSES.length),
    payments: new Uint32Array(CAPACITY * PAYMENT_METHODS.length),
  };
}

function increase(sums: number[], index: number, by: number): void {
  sums[index] = (sums[index] ?? 0) + by;
}

function addSlot(sums: number[] | undefined, column: Uint32Array, slot: number): void {
  if (sums === undefined) return;
  for (let index = 0; index < sums.length; index++)
    sums[index] = (sums[index] ?? 0) + (column[slot * sums.length + index] ?? 0);
}
