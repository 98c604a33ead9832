import type { Collection } from "mongodb";
import type { Rollup } from "#contract/rollup.ts";
import { type RollupNames, TopSales } from "./top-lists.ts";
import type { RangeSeconds, TopLists } from "./web/feed-format.ts";

/** Seconds older than this count as final for the lists of names, which are many times larger than the counts. */
const SETTLED_AFTER_SECONDS = 10;
const asList = (field: string): object => ({ $objectToArray: { $ifNull: [field, {}] } });
const NAMES = {
  second: 1,
  source: 1,
  products: { $map: { input: asList("$products"), in: { k: "$$this.k", v: "$$this.v.cents" } } },
  states: asList("$states"),
} as const;

interface Kept {
  readonly stored: number;
  readonly rollup: RollupNames;
}

/** Products and states of the last seconds, each rollup read again only when it has grown. */
export class LiveNames {
  readonly #rollups: Collection<Rollup>;
  readonly #sales = new TopSales();
  readonly #live = new Map<string, Kept>();
  #stopped = false;

  constructor(rollups: Collection<Rollup>) {
    this.#rollups = rollups;
  }

  stop(): void {
    this.#stopped = true;
  }

  lists(): Record<RangeSeconds, TopLists> {
    return this.#sales.lists([...this.#live.values()].map(({ rollup }) => rollup));
  }

  /** Reads the names of rollups that have grown since they were last read. */
  async read(counts: readonly Pick<Rollup, "_id" | "second" | "stored">[], nowSeconds: number): Promise<void> {
    const isLive = (second: Date): boolean => second.getTime() / 1000 >= nowSeconds - SETTLED_AFTER_SECONDS;
    const grown = new Map<string, number>();
    for (const { _id, second, stored } of counts)
      if (isLive(second) && this.#live.get(_id)?.stored !== stored) grown.set(_id, stored);
    if (grown.size > 0) {
      const found = this.#rollups.find<RollupNames & Pick<Rollup, "_id">>(
        { _id: { $in: [...grown.keys()] } },
        { projection: NAMES },
      );
      for (const rollup of await found.toArray())
        this.#live.set(rollup._id, { stored: grown.get(rollup._id) ?? 0, rollup });
    }
    for (const [id, { rollup }] of this.#live) {
      if (isLive(rollup.second)) continue;
      this.#sales.add([rollup]);
      this.#live.delete(id);
    }
  }

  /** Adds the past, a minute at a time: nobody waits for it. */
  async readPast(from: number, nowSeconds: number): Promise<void> {
    const to = nowSeconds - SETTLED_AFTER_SECONDS;
    for (let at = from; at < to && !this.#stopped; at += 60) {
      const second = { $gte: new Date(at * 1000), $lt: new Date(Math.min(at + 60, to) * 1000) };
      // In small batches: all names of a minute at once would be many megabytes.
      const found = this.#rollups.find<RollupNames>({ second }, { projection: NAMES, batchSize: 30 });
      for await (const rollup of found) this.#sales.add([rollup]);
    }
  }
}
