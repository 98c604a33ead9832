import { type Binary, type Db, type Document, Long, type MongoClient, UUID } from "mongodb";
import { DocumentSequence } from "mongodb/lib/cmap/commands.js";
import { COLLECTIONS } from "#contract/storage.ts";
import { BsonWriter } from "./bson-writer.ts";
import { type Command, CommandPipeline } from "./command-pipeline.ts";
import type { DecodedChunk } from "./decode.ts";
import { DURABLE } from "./durable.ts";
import { encodeDocuments } from "./encode-documents.ts";
import { encodeStatements } from "./encode-statements.ts";
import { type LedgerMove, stepOf } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { additionsOf } from "./rollups.ts";
import type { Claim } from "./sink.ts";
import type { UpdateStatement } from "./update-many.ts";

/** A chunk that is ready to be written. */
export interface ReadyChunk {
  readonly claim: Claim;
  readonly chunk: DecodedChunk;
  readonly plan: Plan;
  readonly move: LedgerMove;
}

interface Waiting extends ReadyChunk {
  readonly resolve: (commitMs: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Larger ones are worth a transaction of their own, and several of them go side by side. */
const LARGEST_CHUNK = 500;

/**
 * Writes small chunks of several partitions in one transaction. At a low rate a fetch brings a few records of each
 * partition; a transaction for each of them costs three times the commands, which then wait for one another.
 *
 * It only ever hopes: nothing of a group is written unless all of it is as planned. Otherwise each chunk is written
 * alone, which also finds out whether a group was committed whose answer got lost.
 */
export class GroupWriter {
  readonly #client: MongoClient;
  readonly #db: Db;
  /** Identifier of the session in which groups are written. */
  readonly sessionId: Binary = new UUID();
  #transactions = 0;
  /** One for the documents of each chunk. */
  readonly #writers: BsonWriter[] = [];
  readonly #statements = new BsonWriter();
  #waiting: Waiting[] = [];
  #isRunning = false;
  /** Nobody knows how the last transaction ended: it may still be open, and hold what others need. */
  #isOpen = false;

  constructor(client: MongoClient, db: Db) {
    this.#client = client;
    this.#db = db;
  }

  /**
   * @returns how long the commit took, in ms, if the chunk was written; otherwise it must be written alone
   * @throws what the driver throws while it is not known what became of an earlier group
   */
  async write(ready: ReadyChunk): Promise<number | undefined> {
    const { chunk, plan } = ready;
    if (plan.faulty.length > 0 || plan.fresh.length === 0 || chunk.recordCount > LARGEST_CHUNK) {
      if (!this.#isRunning) await this.#close();
      return undefined;
    }
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    this.#waiting.push({ ...ready, resolve, reject });
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
        const commitMs = group.length > 1 ? await this.#together(group).catch(() => undefined) : undefined;
        await this.#close();
        for (const { resolve } of group) resolve(commitMs === undefined ? undefined : commitMs / group.length);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isRunning = false;
  }

  /** @returns how long the commit took, or `undefined` when something is not as planned and nothing was written */
  async #together(group: readonly ReadyChunk[]): Promise<number | undefined> {
    const now = Date.now();
    const sequence = new DocumentSequence("documents");
    for (const [index, { plan, chunk }] of group.entries()) {
      const writer = this.#writers[index] ?? new BsonWriter();
      this.#writers[index] = writer;
      const { documents, tooLarge } = encodeDocuments(writer, plan.fresh, chunk.source, now);
      if (tooLarge.length > 0) return undefined;
      for (const document of documents) sequence.push(undefined, document);
    }
    this.#statements.rewind();
    const outcomes = group.map(({ chunk, plan, move }) => ({ chunk, outcome: { ...move, stored: plan.fresh } }));
    using pipeline = await CommandPipeline.open(this.#client);
    this.#isOpen = true;
    const { begin, within, commit } = this.#transaction();
    const [moved] = await pipeline.send([
      this.#update(COLLECTIONS.ledger, group.map(stepOf), begin),
      this.#command({ insert: COLLECTIONS.transactions, documents: sequence, ordered: true, ...within }),
      this.#update(COLLECTIONS.rollups, additionsOf(outcomes, now), within),
    ]);
    if (moved?.["n"] !== group.length) return undefined;
    const commitAt = performance.now();
    // Not along with the rest, which would be faster: a command that is refused before it runs leaves the transaction
    // open, and the commit behind it would move the ledger over documents that are not there.
    await pipeline.send([commit]);
    this.#isOpen = false;
    return performance.now() - commitAt;
  }

  /** Ends what may be open by beginning another transaction in its session, which the server takes as its end. */
  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    using pipeline = await CommandPipeline.open(this.#client);
    const { begin, abort } = this.#transaction();
    await pipeline.send([this.#command({ find: COLLECTIONS.ledger, limit: 1, ...begin }), abort]);
    this.#isOpen = false;
  }

  /** The parts of a further transaction's commands. */
  #transaction(): { begin: Document; within: Document; commit: Command; abort: Command } {
    const within = {
      lsid: { id: this.sessionId },
      txnNumber: Long.fromNumber(++this.#transactions),
      autocommit: false,
    };
    const { readConcern, writeConcern } = DURABLE;
    return {
      begin: { ...within, startTransaction: true, readConcern },
      within,
      commit: { database: "admin", command: { commitTransaction: 1, ...within, writeConcern } },
      abort: { database: "admin", command: { abortTransaction: 1, ...within } },
    };
  }

  #update(update: string, statements: readonly UpdateStatement[], within: Document): Command {
    const updates = encodeStatements(this.#statements, statements);
    return this.#command({ update, updates, ordered: true, ...within });
  }

  #command(command: Document): Command {
    return { database: this.#db.databaseName, command };
  }
}
