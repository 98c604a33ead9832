import type { Collection } from "mongodb";
import type { Rollup } from "#contract/rollup.ts";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { PartReadiness } from "#runtime/readiness.ts";
import { LiveNames } from "./live-names.ts";
import { addUp, noSales, type RollupCounts } from "./second-totals.ts";
import {
  LONGEST_RANGE_SECONDS,
  type RangeSeconds,
  type Second,
  type SecondOfSource,
  type TopLists,
} from "./web/feed-format.ts";

const EVERY_MS = 500;
/** MongoDB has not answered for so long that Kafka's side is told without it. */
const LATE_AFTER_MS = 1_500;
/** A second is shown when it has been over for so long: nearly all batches that began in it are committed by then. */
const COMPLETE_AFTER_MS = 350;
/** Each look reads these last seconds again, … */
const RECENT_SECONDS = 5;
/** … and each so many looks these: a batch that waited for MongoDB is committed long after its second. */
const DEEP_EVERY_LOOKS = 10;
const DEEP_SECONDS = 60;
const PAST_STEP_SECONDS = 60;
/** In the past, so many seconds without rollups between two with some count as seconds without sales. */
const LONGEST_QUIET_SECONDS = 10;
const COUNTS = {
  ...{ second: 1, source: 1, stored: 1, duplicates: 1, deadLettered: 1 },
  ...{ revenueCents: 1, statuses: 1, payments: 1, latency: 1 },
} as const;

/** Rollups that the tail begins with, however old they are. */
const SAMPLED_AT_FIRST = 12;

/** What is read at each look. */
type LookedAt = RollupCounts & Pick<Rollup, "_id" | "samples">;

/**
 * Watches the per-second totals by reading the last few again: some dozen small documents by an index, at any rate of
 * transactions. A change stream would have to pass every stored transaction in the oplog to find them.
 */
export class RollupsWatch {
  readonly #rollups: Collection<Rollup>;
  readonly #past: Pick<PartReadiness, "ok">;
  readonly #arrivedIn: (source: SourceId, second: number) => number | null;
  readonly #names: LiveNames;
  readonly #firstSecond: number = Math.floor(Date.now() / 1000);
  /** Complete seconds by number. */
  readonly #seconds = new Map<number, Second>();
  readonly #changed = new Map<number, Second>();
  readonly #newIds = new Set<string>();
  readonly #seenIds = new Set<string>();
  #looks = 0;
  /** Everything before this second was seen by a deep look. */
  #deepTo = 0;
  #lookedAtMs: number = Date.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lateTimer: ReturnType<typeof setInterval> | undefined;
  #stopped = false;

  /**
   * @param past - told when what was stored before the start is known
   * @param arrivedIn - records that arrived in Kafka from a source within a second, `null` when not known
   */
  constructor(
    rollups: Collection<Rollup>,
    past: Pick<PartReadiness, "ok">,
    arrivedIn: (source: SourceId, second: number) => number | null,
  ) {
    this.#rollups = rollups;
    this.#past = past;
    this.#arrivedIn = arrivedIn;
    this.#names = new LiveNames(rollups);
  }

  start(): void {
    void this.#look();
    this.#lateTimer = setInterval(() => this.#tellProduced(), EVERY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#lateTimer);
    this.#names.stop();
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

  topLists(): Record<RangeSeconds, TopLists> {
    return this.#names.lists();
  }

  async #look(): Promise<void> {
    try {
      if (this.#deepTo === 0) await this.#readPast();
      await this.#readLastSeconds(this.#looks % DEEP_EVERY_LOOKS === 0);
      this.#looks++;
      this.#lookedAtMs = Date.now();
      this.#past.ok();
    } catch {
      // The ledger's watch says that MongoDB is away; what was missed meanwhile is read at the first look after it.
      this.#looks = 0;
    }
    if (this.#stopped) return;
    const untilBorderMs = EVERY_MS - ((Date.now() - COMPLETE_AFTER_MS) % EVERY_MS);
    this.#timer = setTimeout(() => void this.#look(), untilBorderMs);
  }

  async #readPast(): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    const from = now - LONGEST_RANGE_SECONDS;
    const last = now - DEEP_SECONDS;
    let before: number | undefined;
    // A minute at a time: the memory that all of them need at once would never be given back.
    for (let at = from; at < last; at += PAST_STEP_SECONDS) {
      const grouped = await this.#read(COUNTS, at, Math.min(at + PAST_STEP_SECONDS, last));
      for (const second of [...grouped.keys()].sort((a, b) => a - b)) {
        const isQuiet = before !== undefined && second - before <= LONGEST_QUIET_SECONDS;
        for (let quiet = isQuiet ? (before ?? second) + 1 : second; quiet <= second; quiet++)
          this.#tell(this.#secondOf(quiet, grouped.get(quiet) ?? []));
        before = second;
      }
    }
    this.#deepTo = last;
    this.#names.readPast(from, now).catch(() => undefined);
    const lastSold = this.#rollups.find({ "samples.0": { $exists: true } }, { projection: { samples: 1 } });
    for (const { samples } of await lastSold.sort({ second: -1 }).limit(SAMPLED_AT_FIRST).toArray())
      for (const id of samples) this.#noteSample(id);
  }

  async #readLastSeconds(isDeep: boolean): Promise<void> {
    const completeTo = completeSeconds();
    const recent = completeTo - RECENT_SECONDS;
    const from = isDeep ? Math.min(this.#deepTo, recent) : recent;
    const grouped = await this.#read({ ...COUNTS, samples: 1 }, from);
    for (let second = Math.max(from, this.#firstKnown(grouped)); second < completeTo; second++)
      this.#tell(this.#secondOf(second, grouped.get(second) ?? []));
    const rollups = [...grouped.values()].flat();
    for (const { samples } of rollups) for (const id of samples ?? []) this.#noteSample(id);
    await this.#names.read(rollups, completeTo);
    if (isDeep) this.#deepTo = Math.max(this.#deepTo, completeTo - DEEP_SECONDS);
    for (const second of this.#seconds.keys())
      if (second < completeTo - LONGEST_RANGE_SECONDS) this.#seconds.delete(second);
  }

  async #read(projection: Record<string, number>, from: number, to?: number): Promise<Map<number, LookedAt[]>> {
    const second = { $gte: new Date(from * 1000), ...(to !== undefined && { $lt: new Date(to * 1000) }) };
    const rollups = await this.#rollups.find<LookedAt>({ second }, { projection }).toArray();
    return Map.groupBy(rollups, ({ second }) => second.getTime() / 1000);
  }

  /** Seconds before the server's start are only known where something was stored in them. */
  #firstKnown(grouped: ReadonlyMap<number, unknown>): number {
    return Math.min(this.#firstSecond, ...grouped.keys());
  }

  #tell(second: Second): void {
    const before = this.#seconds.get(second.second);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(second)) return;
    this.#seconds.set(second.second, second);
    this.#changed.set(second.second, second);
  }

  #secondOf(second: number, rollups: readonly RollupCounts[]): Second {
    const sums = addUp(rollups);
    return this.#secondFrom(second, (id) => {
      const { read, sales } = sums.get(id) ?? { read: 0, sales: noSales() };
      // Nobody asked Kafka before the start: what was read from it stands in for what arrived in it.
      return { produced: second <= this.#firstSecond ? read : null, sales };
    });
  }

  #secondFrom(second: number, stored: (id: SourceId) => SecondOfSource): Second {
    const before = this.#seconds.get(second)?.sources;
    const sources = SOURCES.map(({ id }): [SourceId, SecondOfSource] => {
      const { produced, sales } = stored(id);
      return [id, { produced: this.#arrivedIn(id, second) ?? produced ?? before?.[id].produced ?? null, sales }];
    });
    return { second, sources: Object.fromEntries(sources) as Second["sources"] };
  }

  /** While MongoDB does not answer, Kafka's side of a second is told alone. */
  #tellProduced(): void {
    if (Date.now() - this.#lookedAtMs < LATE_AFTER_MS) return;
    const completeTo = completeSeconds();
    for (let second = Math.max(this.#firstSecond, completeTo - RECENT_SECONDS); second < completeTo; second++) {
      const before = this.#seconds.get(second)?.sources;
      this.#tell(this.#secondFrom(second, (id) => ({ produced: null, sales: before?.[id].sales ?? null })));
    }
  }

  #noteSample(id: string): void {
    if (this.#seenIds.has(id)) return;
    this.#seenIds.add(id);
    this.#newIds.add(id);
    // Old ids leave the rollups that are read again, so that many are enough to know them by.
    for (const old of this.#seenIds) {
      if (this.#seenIds.size <= 4_000) break;
      this.#seenIds.delete(old);
    }
  }
}

/** The first second that is not complete yet. */
function completeSeconds(): number {
  return Math.floor((Date.now() - COMPLETE_AFTER_MS) / 1000);
}
