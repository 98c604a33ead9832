import type { Collection, Db } from "mongodb";
import { COLLECTIONS, type LedgerEntry } from "#contract/storage.ts";

const EVERY_MS = 20;

/** Looks at the ledger all the time: for how long does a partition of a topic that is always written to stand still? */
export class PartitionPauses implements AsyncDisposable {
  longestMs = 0;
  /** How often a partition was seen to have moved. */
  moves = 0;
  readonly #entries: Collection<LedgerEntry>;
  readonly #topic: string;
  readonly #seen = new Map<string, { nextOffset: number; at: number }>();
  #stopped = false;
  readonly #done: Promise<void>;

  constructor(db: Db, topic: string) {
    this.#entries = db.collection<LedgerEntry>(COLLECTIONS.ledger);
    this.#topic = topic;
    this.#done = this.#run();
  }

  /** Forgets the pauses so far. */
  restart(): void {
    this.longestMs = 0;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const askedAt = performance.now();
      const entries = await this.#entries.find({ topic: this.#topic }).toArray();
      for (const { _id, nextOffset } of entries) {
        const before = this.#seen.get(_id);
        if (before?.nextOffset === nextOffset) continue;
        // Counted up to when we asked: what we had to wait for the answer is no pause.
        if (before !== undefined) this.longestMs = Math.max(this.longestMs, askedAt - before.at);
        this.moves++;
        this.#seen.set(_id, { nextOffset, at: performance.now() });
      }
      await Bun.sleep(EVERY_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }
}
