import type { Rollup } from "#contract/rollup.ts";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import { stateName } from "./us-states.ts";
import { RANGES, type RangeSeconds, type TopLists } from "./web/feed-format.ts";

const BUCKET_SECONDS = 15;
const SHOWN = 5;
const LONGEST_SECONDS = Math.max(...RANGES);
/** More names than any shop of this kind sells: then the pool begins anew. */
const POOLED_NAMES = 10_000;

/** What a top list is made of: a rollup's names as a list, which costs less memory than as names of fields. */
export interface RollupNames extends Pick<Rollup, "second" | "source"> {
  /** Names with their cents. */
  readonly products: readonly NameAndCount[];
  /** Names with their transactions. */
  readonly states: readonly NameAndCount[];
}

/** As MongoDB's `$objectToArray` makes it. */
export interface NameAndCount {
  readonly k: string;
  readonly v: number;
}

interface Bucket {
  readonly at: number;
  readonly products: Map<string, number[]>;
  readonly states: Map<string, number[]>;
}

const place = new Map<SourceId, number>(SOURCES.map(({ id }, index) => [id, index]));

/**
 * The most sold products and most frequent states of each range. Sums are kept by quarter minute, so that old ones
 * can be dropped without keeping every second.
 */
export class TopSales {
  #buckets: Bucket[] = [];
  /** One text for each name: the driver makes one for each rollup, and sixty buckets would keep sixty of them. */
  readonly #names = new Map<string, string>();

  /** Adds rollups that will not change any more. */
  add(rollups: readonly RollupNames[]): void {
    const pooled = (name: string): string => this.#pooled(name);
    for (const rollup of rollups) addTo(this.#bucketAt(bucketOf(rollup.second.getTime())), rollup, pooled);
  }

  /**
   * @param live - rollups that may still change, counted once and not kept
   */
  lists(live: readonly RollupNames[]): Record<RangeSeconds, TopLists> {
    const newest = bucketOf(Date.now());
    this.#buckets = this.#buckets
      .filter(({ at }) => at > newest - LONGEST_SECONDS / BUCKET_SECONDS)
      .sort((a, b) => b.at - a.at);
    const sum: Bucket = { at: newest, products: new Map(), states: new Map() };
    for (const rollup of live) addTo(sum, rollup, (name) => name);
    let next = 0;
    const lists = RANGES.map((range) => {
      for (let bucket = this.#buckets[next]; bucket && bucket.at > newest - range / BUCKET_SECONDS; ) {
        addAll(sum.products, bucket.products);
        addAll(sum.states, bucket.states);
        bucket = this.#buckets[++next];
      }
      return [range, { products: largest(sum.products), states: largest(sum.states) }];
    });
    return Object.fromEntries(lists) as Record<RangeSeconds, TopLists>;
  }

  #pooled(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size >= POOLED_NAMES) this.#names.clear();
    this.#names.set(name, name);
    return name;
  }

  #bucketAt(at: number): Bucket {
    const known = this.#buckets.find((bucket) => bucket.at === at);
    if (known) return known;
    const fresh: Bucket = { at, products: new Map(), states: new Map() };
    this.#buckets.push(fresh);
    return fresh;
  }
}

function bucketOf(ms: number): number {
  return Math.floor(ms / 1000 / BUCKET_SECONDS);
}

function addTo(bucket: Bucket, { source, products, states }: RollupNames, kept: (name: string) => string): void {
  const index = place.get(source) ?? 0;
  for (const { k: name, v: cents } of products) increase(bucket.products, kept(name), index, cents);
  for (const { k: name, v: count } of states) increase(bucket.states, kept(stateName(name)), index, count);
}

function addAll(sums: Map<string, number[]>, more: ReadonlyMap<string, readonly number[]>): void {
  for (const [name, counts] of more) {
    for (let index = 0; index < counts.length; index++) increase(sums, name, index, counts[index] ?? 0);
  }
}

function increase(sums: Map<string, number[]>, name: string, index: number, by: number): void {
  let counts = sums.get(name);
  if (counts === undefined) {
    counts = SOURCES.map(() => 0);
    sums.set(name, counts);
  }
  counts[index] = (counts[index] ?? 0) + by;
}

function largest(sums: ReadonlyMap<string, number[]>): { name: string; bySource: number[] }[] {
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return [...sums]
    .sort(([, a], [, b]) => total(b) - total(a))
    .slice(0, SHOWN)
    .map(([name, bySource]) => ({ name, bySource: [...bySource] }));
}
