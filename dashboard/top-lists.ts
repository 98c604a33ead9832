import type { Rollup } from "#contract/rollup.ts";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { TopLists } from "./web/feed-format.ts";

const BUCKET_SECONDS = 15;
const BUCKETS = 60;
const SHOWN = 5;
/** Seconds that may still change: they are added to a bucket only when they are older than this. */
export const SETTLED_AFTER_SECONDS = 10;

/** The fields of a rollup that a top list is made of. */
export type RollupNames = Pick<Rollup, "second" | "source" | "products" | "states">;

interface Bucket {
  readonly at: number;
  readonly products: Map<string, number[]>;
  readonly states: Map<string, number[]>;
}

const place = new Map<SourceId, number>(SOURCES.map(({ id }, index) => [id, index]));

/**
 * The most sold products and most frequent states of the last 15 minutes. Sums are kept by quarter minute, so that
 * old ones can be dropped without keeping every second.
 */
export class TopListsOf15Minutes {
  #buckets: Bucket[] = [];

  /** Adds rollups that will not change any more. */
  add(rollups: readonly RollupNames[]): void {
    for (const rollup of rollups) {
      const at = Math.floor(rollup.second.getTime() / 1000 / BUCKET_SECONDS);
      addTo(this.#bucketAt(at), rollup);
    }
  }

  /**
   * @param live - rollups that may still change, counted once and not kept
   */
  lists(live: readonly RollupNames[]): TopLists {
    const newest = Math.floor(Date.now() / 1000 / BUCKET_SECONDS);
    this.#buckets = this.#buckets.filter(({ at }) => at > newest - BUCKETS);
    const sum: Bucket = { at: newest, products: new Map(), states: new Map() };
    for (const { products, states } of this.#buckets) {
      addAll(sum.products, products);
      addAll(sum.states, states);
    }
    for (const rollup of live) addTo(sum, rollup);
    return {
      products: largest(sum.products).map(([name, cents]) => ({ name, cents })),
      states: largest(sum.states).map(([name, counts]) => ({ name, counts })),
    };
  }

  #bucketAt(at: number): Bucket {
    const known = this.#buckets.find((bucket) => bucket.at === at);
    if (known) return known;
    const fresh: Bucket = { at, products: new Map(), states: new Map() };
    this.#buckets.push(fresh);
    return fresh;
  }
}

function addTo(bucket: Bucket, { source, products, states }: RollupNames): void {
  const index = place.get(source) ?? 0;
  for (const [name, { cents }] of Object.entries(products ?? {})) increase(bucket.products, name, index, cents);
  for (const [name, count] of Object.entries(states ?? {})) increase(bucket.states, name, index, count);
}

function addAll(sums: Map<string, number[]>, more: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, counts] of more) {
    for (const [index, count] of counts.entries()) increase(sums, name, index, count);
  }
}

function increase(sums: Map<string, number[]>, name: string, index: number, by: number): void {
  const counts = sums.get(name) ?? SOURCES.map(() => 0);
  counts[index] = (counts[index] ?? 0) + by;
  sums.set(name, counts);
}

function largest(sums: ReadonlyMap<string, number[]>): [string, number[]][] {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return [...sums].sort(([, a], [, b]) => total(b) - total(a)).slice(0, SHOWN);
}
