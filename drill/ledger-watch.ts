import type { Collection } from "mongodb";
import { SOURCES } from "#contract/sources.ts";
import { COLLECTIONS, DATABASE, type LedgerEntry } from "#contract/storage.ts";
import { databaseOf } from "#runtime/mongo-database.ts";
import { topicsOf } from "#runtime/source-places.ts";
import { countKafka } from "../verify/count-kafka.ts";
import type { RunningStack } from "./running-stack.ts";

const EVERY_MS = 50;
const LAG_EVERY_MS = 250;

/** Sums over all partitions. */
export interface Sums {
  readonly nextOffset: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
}

/** Looks at the ledger from outside, with majority reads, all the time. */
export class LedgerWatch implements AsyncDisposable {
  /** Entries that did not add up when they were seen. */
  readonly wrong: string[] = [];
  longestPauseMs = 0;
  #sums: Sums = { nextOffset: 0, stored: 0, duplicates: 0, deadLettered: 0 };
  #movedAt = performance.now();
  #stopped = false;
  readonly #stack: RunningStack;
  readonly #topics: string[];
  readonly #ledger: Collection<LedgerEntry>;
  readonly #done: Promise<void>;

  constructor(stack: RunningStack) {
    this.#stack = stack;
    const { MONGO_URI } = stack.config;
    this.#topics = Object.values(topicsOf(SOURCES, stack.config));
    this.#ledger = stack.mongo.db(databaseOf(MONGO_URI, DATABASE)).collection<LedgerEntry>(COLLECTIONS.ledger);
    this.#done = this.#look();
  }

  get sums(): Sums {
    return this.#sums;
  }

  /** How long the ledger has not moved now. */
  get stillMs(): number {
    return performance.now() - this.#movedAt;
  }

  /** Forgets the pauses so far. */
  restart(): void {
    this.longestPauseMs = 0;
    this.#movedAt = performance.now();
  }

  /** The end of all partitions in Kafka. */
  async ends(): Promise<number> {
    const partitions = await countKafka(this.#stack.kafka, this.#topics);
    return partitions.reduce((sum, { end }) => sum + end, 0);
  }

  /**
   * Waits until the ledger has passed all that is in Kafka now, moves, and is at most so many records behind: right
   * after a kill it is not far behind yet, and still seems to move.
   */
  async untilBehindBy(records: number, signal: AbortSignal, deadlineMs: number): Promise<boolean> {
    const deadline = performance.now() + deadlineMs;
    let inKafkaNow: number | undefined;
    while (performance.now() < deadline) {
      signal.throwIfAborted();
      const ends = await this.ends().catch(() => undefined);
      inKafkaNow ??= ends;
      const { nextOffset } = this.#sums;
      const isPast = inKafkaNow !== undefined && nextOffset >= inKafkaNow;
      // Where nothing is asked for nothing moves.
      const isFlowing = records === 0 || this.stillMs < 1_000;
      if (isPast && ends !== undefined && isFlowing && ends - nextOffset <= records) return true;
      await Bun.sleep(LAG_EVERY_MS);
    }
    return false;
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      try {
        const filter = { topic: { $in: this.#topics } };
        const entries = await this.#ledger.find(filter, { readConcern: { level: "majority" } }).toArray();
        this.#take(entries);
      } catch {
        // MongoDB may be away: that is what a drill is for.
      }
      await Bun.sleep(EVERY_MS);
    }
  }

  #take(entries: readonly LedgerEntry[]): void {
    for (const { _id, stored, duplicates, deadLettered, absent, nextOffset, firstOffset } of entries) {
      const sum = stored + duplicates + deadLettered + absent;
      if (sum !== nextOffset - firstOffset) this.wrong.push(`${_id}: ${sum} is not ${nextOffset - firstOffset}`);
    }
    const of = (field: keyof Sums): number => entries.reduce((sum, entry) => sum + entry[field], 0);
    const nextOffset = of("nextOffset");
    if (nextOffset !== this.#sums.nextOffset) {
      const now = performance.now();
      this.longestPauseMs = Math.max(this.longestPauseMs, now - this.#movedAt);
      this.#movedAt = now;
    }
    this.#sums = {
      nextOffset,
      stored: of("stored"),
      duplicates: of("duplicates"),
      deadLettered: of("deadLettered"),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }
}
