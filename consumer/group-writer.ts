import { type Binary, type Db, type MongoClient, UUID } from "mongodb";
import type { WriterPool } from "./bson-writer.ts";
import { HopefulTransactions, type ReadyChunk } from "./hopeful-transactions.ts";

interface Waiting extends ReadyChunk {
  readonly own: HopefulTransactions;
  readonly resolve: (commitMs: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Larger ones are worth a transaction of their own, and several of them go side by side. */
const LARGEST_CHUNK = 500;

/**
 * Writes small chunks of several partitions in one transaction. At a low rate a fetch brings a few records of each
 * partition; a transaction for each of them costs three times the commands, which then wait for one another. A chunk
 * that is large, or comes alone, is written in its partition's own session.
 *
 * Nothing of a group is written unless all of it is as planned. Otherwise each chunk is written alone and with care, which
 * also finds out whether a group was committed whose answer got lost.
 */
export class GroupWriter {
  /** Identifier of the session in which groups are written. */
  readonly sessionId: Binary = new UUID();
  readonly #shared: HopefulTransactions;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(client: MongoClient, db: Db, writers: WriterPool) {
    let number = 0;
    const session = { id: this.sessionId, nextNumber: () => ++number };
    this.#shared = new HopefulTransactions(client, db, session, writers);
  }

  /**
   * @param own - in which the partition's chunks are written that are not part of a group
   * @returns how long the commit took, in ms, if the chunk was written; otherwise it must be written with care
   * @throws what the driver throws while it is not known what became of an earlier group
   */
  async write(ready: ReadyChunk, own: HopefulTransactions): Promise<number | undefined> {
    const { chunk, plan } = ready;
    const isPlain = plan.faulty.length === 0 && plan.fresh.length > 0;
    if (!isPlain || chunk.recordCount > LARGEST_CHUNK) {
      // A group that is under way ends what is open of the one before.
      if (!this.#isRunning) await this.#shared.close();
      return isPlain ? own.write([ready]) : undefined;
    }
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    this.#waiting.push({ ...ready, own, resolve, reject });
    if (!this.#isRunning) void this.#run();
    return promise;
  }

  /** One group after the other: whatever becomes ready meanwhile is the next one. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    // All that one fetch has brought comes in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const commitMs = await this.#together(group);
        for (const { resolve } of group) resolve(commitMs === undefined ? undefined : commitMs / group.length);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isRunning = false;
  }

  async #together(group: readonly Waiting[]): Promise<number | undefined> {
    const [first] = group;
    if (first !== undefined && group.length === 1) {
      await this.#shared.close();
      return first.own.write(group);
    }
    const commitMs = await this.#shared.write(group);
    await this.#shared.close();
    return commitMs;
  }
}
