import type { Collection } from "mongodb";
import type { Rollup } from "#contract/rollup.ts";
import { SOURCES } from "#contract/sources.ts";
import { addUp, emptySecond, type RollupCounts } from "./second-totals.ts";
import { SETTLED_AFTER_SECONDS, TopListsOf15Minutes } from "./top-lists.ts";
import type { Second, SecondOfSource, TopLists } from "./web/feed-format.ts";

/** How much of the past the page can show, 15 minutes. */
export const HISTORY_SECONDS = 900;
const EVERY_MS = 500;
/** A second is shown when it has been over for so long: batches that began in it are committed by then, or soon after. */
const COMPLETE_AFTER_MS = 350;
/** Before the server started, so many seconds without rollups between two with some count as seconds without sales. */
const LONGEST_QUIET_SECONDS = 10;
const COUNTS = { second: 1, source: 1, stored: 1, revenueCents: 1, statuses: 1, payments: 1, latency: 1 } as const;

/**
 * Watches the per-second totals. The last seconds are read again twice a second (a few documents by an index), since
 * a batch may be committed after its second is over; a second that changed is told again.
 */
export class RollupsWatch {
  readonly #rollups: Collection<Rollup>;
  readonly #arrivedIn: (source: string, second: number) => number | null;
  /** Complete seconds by number, oldest first. */
  readonly #seconds = new Map<number, Second>();
  readonly #topLists = new TopListsOf15Minutes();
  readonly #changed = new Map<number, Second>();
  readonly #newIds = new Set<string>();
  readonly #seenIds = new Set<string>();
  #live: Rollup[] = [];
  #settledTo = 0;
  #watchedFrom = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /** @param arrivedIn - records that arrived in Kafka from a source within a second, `null` when not known */
  constructor(rollups: Collection<Rollup>, arrivedIn: (source: string, second: number) => number | null) {
    this.#rollups = rollups;
    this.#arrivedIn = arrivedIn;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Complete seconds of the last `range` seconds, oldest first. */
  history(rangeSeconds: number): Second[] {
    const from = Math.floor(Date.now() / 1000) - rangeSeconds;
    return [...this.#seconds.values()].filter(({ second }) => second >= from).sort((a, b) => a.second - b.second);
  }

  /** Seconds that became complete or changed since the last call. */
  takeChanged(): Second[] {
    const changed = [...this.#changed.values()].sort((a, b) => a.second - b.second);
    this.#changed.clear();
    return changed;
  }

  /** Ids of sampled transactions that were not told yet. */
  takeSamples(): string[] {
    const ids = [...this.#newIds];
    this.#newIds.clear();
    return ids;
  }

  topLists(): TopLists {
    return this.#topLists.lists(this.#live);
  }

  async #look(): Promise<void> {
    try {
      if (this.#watchedFrom === 0) await this.#loadPast();
      await this.#lookAtLastSeconds();
    } catch {
      // The ledger's watch says that MongoDB is away; seconds that were missed are read when it is back.
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), EVERY_MS);
  }

  async #loadPast(): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    const from = new Date((now - HISTORY_SECONDS) * 1000);
    const past = await this.#rollups
      .find<RollupCounts>({ second: { $gte: from } }, { projection: COUNTS })
      .sort({ second: 1 })
      .toArray();
    const grouped = Map.groupBy(past, ({ second }) => second.getTime() / 1000);
    let last: number | undefined;
    for (const [second, rollups] of grouped) {
      if (second >= now - SETTLED_AFTER_SECONDS) break;
      for (
        let quiet = (last ?? second) + 1;
        quiet < second && second - (last ?? second) <= LONGEST_QUIET_SECONDS;
        quiet++
      ) {
        this.#seconds.set(quiet, this.#secondOf(quiet, []));
      }
      this.#seconds.set(second, this.#secondOf(second, rollups));
      last = second;
    }
    this.#watchedFrom = now - SETTLED_AFTER_SECONDS;
    this.#settledTo = this.#watchedFrom;
    void this.#loadPastNames(from, new Date(this.#settledTo * 1000));
  }

  /** Names are many times larger than counts: they come a minute at a time, after the page can already be shown. */
  async #loadPastNames(from: Date, to: Date): Promise<void> {
    const projection = { second: 1, source: 1, products: 1, states: 1 };
    for (let at = from.getTime(); at < to.getTime() && !this.#stopped; at += 60_000) {
      const second = { $gte: new Date(at), $lt: new Date(Math.min(at + 60_000, to.getTime())) };
      const rollups = await this.#rollups
        .find({ second }, { projection })
        .toArray()
        .catch(() => []);
      this.#topLists.add(rollups);
    }
  }

  async #lookAtLastSeconds(): Promise<void> {
    const nowMs = Date.now();
    const completeTo = Math.floor((nowMs - COMPLETE_AFTER_MS) / 1000);
    const rollups = await this.#rollups.find({ second: { $gte: new Date(this.#settledTo * 1000) } }).toArray();
    const grouped = Map.groupBy(rollups, ({ second }) => second.getTime() / 1000);
    for (let second = this.#settledTo; second < completeTo; second++) {
      this.#tell(this.#secondOf(second, grouped.get(second) ?? []));
    }
    for (const { samples } of rollups) for (const id of samples ?? []) this.#noteSample(id);
    const settledTo = Math.max(this.#settledTo, completeTo - SETTLED_AFTER_SECONDS);
    const isSettled = ({ second }: Rollup): boolean => second.getTime() < settledTo * 1000;
    this.#topLists.add(rollups.filter(isSettled));
    this.#live = rollups.filter((rollup) => !isSettled(rollup));
    this.#settledTo = settledTo;
    for (const second of this.#seconds.keys()) {
      if (second >= completeTo - HISTORY_SECONDS) break;
      this.#seconds.delete(second);
    }
  }

  #tell(second: Second): void {
    const before = this.#seconds.get(second.second);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(second)) return;
    this.#seconds.set(second.second, second);
    this.#changed.set(second.second, second);
  }

  #secondOf(second: number, rollups: readonly RollupCounts[]): Second {
    const sums = addUp(rollups);
    const sources = SOURCES.map(({ id }): [string, SecondOfSource] => {
      const produced = this.#arrivedIn(id, second);
      return [id, { ...(sums.get(id) ?? emptySecond(null)), produced }];
    });
    return { second, sources: Object.fromEntries(sources) as unknown as Second["sources"] };
  }

  #noteSample(id: string): void {
    if (this.#seenIds.has(id)) return;
    this.#seenIds.add(id);
    this.#newIds.add(id);
    // Old ids leave the rollups that are read again, so a few hundred are enough to know them by.
    for (const old of this.#seenIds) {
      if (this.#seenIds.size <= 2_000) break;
      this.#seenIds.delete(old);
    }
  }
}
