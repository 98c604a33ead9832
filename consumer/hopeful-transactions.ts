import { type Binary, type ClientSession, type Db, type Document, Long, type MongoClient } from "mongodb";
import { DocumentSequence } from "mongodb/lib/cmap/commands.js";
import { COLLECTIONS } from "#contract/storage.ts";
import type { BsonWriter, WriterPool } from "./bson-writer.ts";
import { type Command, CommandPipeline } from "./command-pipeline.ts";
import type { DecodedChunk } from "./decode.ts";
import { DURABLE } from "./durable.ts";
import { encodeDocuments } from "./encode-documents.ts";
import { encodeStatements } from "./encode-statements.ts";
import type { NamesOfSecond } from "./largest-names.ts";
import { type LedgerMove, stepOf } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { additionsOf } from "./rollups.ts";
import type { Claim } from "./sink.ts";

/** A chunk that is ready to be written. */
export interface ReadyChunk {
  readonly claim: Claim;
  readonly chunk: DecodedChunk;
  readonly plan: Plan;
  readonly move: LedgerMove;
  /** Of the claimed partition. */
  readonly names: NamesOfSecond;
}

/** A session of the server, in which transactions are made one after the other. */
export interface TransactionSession {
  readonly id: Binary;
  /** Larger than all before it: the server takes it as the end of a transaction that is still open in the session. */
  nextNumber(): number;
}

/** One message to the server holds 48,000,000 bytes. */
export const LARGEST_MESSAGE_BYTES = 40_000_000;

/**
 * Writes chunks of one or several partitions in one transaction with two messages: all that is to be written, and the
 * commit. The driver sends the commands of a transaction one by one, and while it waits for each answer the consumer
 * decodes for another partition, which the answer then waits for.
 *
 * It only ever hopes: nothing is written unless all of it is as planned.
 */
export class HopefulTransactions {
  readonly #client: MongoClient;
  readonly #database: string;
  readonly #session: TransactionSession;
  readonly #writers: WriterPool;
  /** Nobody knows how the last transaction ended: it may still be open, and hold what others need. */
  #isOpen = false;

  constructor(client: MongoClient, db: Db, session: TransactionSession, writers: WriterPool) {
    this.#client = client;
    this.#database = db.databaseName;
    this.#session = session;
    this.#writers = writers;
  }

  /**
   * @returns how long the commit took, in ms; `undefined` when something is not as planned, and nothing was written, or
   *   when something went wrong, and it is not known: then the ledger knows
   */
  async write(chunks: readonly ReadyChunk[]): Promise<number | undefined> {
    const writers: BsonWriter[] = [];
    const takeWriter = (): BsonWriter => {
      const writer = this.#writers.take();
      writers.push(writer);
      return writer;
    };
    const commitMs = await this.#write(chunks, takeWriter).catch(() => undefined);
    for (const writer of writers) this.#writers.give(writer);
    if (commitMs === undefined) for (const { names } of chunks) names.forget();
    return commitMs;
  }

  async #write(chunks: readonly ReadyChunk[], takeWriter: () => BsonWriter): Promise<number | undefined> {
    const now = Date.now();
    const documents = new DocumentSequence("documents");
    let bytes = 0;
    for (const { plan, chunk } of chunks) {
      const writer = takeWriter();
      const { tooLarge } = encodeDocuments(writer, plan.fresh, chunk.source, now);
      bytes += writer.length;
      if (tooLarge.length > 0 || bytes > LARGEST_MESSAGE_BYTES) return undefined;
      // They lie one behind the other, as the message has them: one piece.
      documents.push(undefined, writer.bytesFrom(0));
    }
    const outcomes = chunks.map(({ chunk, plan, move, names }) => ({
      ...{ chunk, names },
      outcome: { ...move, stored: plan.fresh },
    }));
    const steps = encodeStatements(takeWriter(), chunks.map(stepOf));
    const additions = encodeStatements(takeWriter(), additionsOf(outcomes, now));
    using pipeline = await CommandPipeline.open(this.#client);
    this.#isOpen = true;
    const { begin, within, commit } = this.#transaction();
    const [moved] = await pipeline.send([
      this.#command({ update: COLLECTIONS.ledger, updates: steps, ordered: true, ...begin }),
      this.#command({ insert: COLLECTIONS.transactions, documents, ordered: true, ...within }),
      this.#command({ update: COLLECTIONS.rollups, updates: additions, ordered: true, ...within }),
    ]);
    if (moved?.["n"] !== chunks.length) return undefined;
    const commitAt = performance.now();
    // Not along with the rest, which would be faster: a command that is refused before it runs leaves the transaction
    // open, and the commit behind it would move the ledger over documents that are not there.
    await pipeline.send([commit]);
    this.#isOpen = false;
    return performance.now() - commitAt;
  }

  /** Ends what may be open by beginning another transaction in its session, which the server takes as its end. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    using pipeline = await CommandPipeline.open(this.#client);
    const { begin, abort } = this.#transaction();
    await pipeline.send([this.#command({ find: COLLECTIONS.ledger, limit: 1, ...begin }), abort]);
    this.#isOpen = false;
  }

  /** The parts of a further transaction's commands. */
  #transaction(): { begin: Document; within: Document; commit: Command; abort: Command } {
    const within = {
      lsid: { id: this.#session.id },
      txnNumber: Long.fromNumber(this.#session.nextNumber()),
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

  #command(command: Document): Command {
    return { database: this.#database, command };
  }
}

/** The driver's own session for transactions of ours: it numbers its next one behind them. */
export function transactionSession(session: ClientSession): TransactionSession {
  const { serverSession } = session as unknown as { serverSession: { txnNumber: number } };
  const id = session.id?.id;
  if (id === undefined) throw new Error("the session has ended");
  return { id, nextNumber: () => ++serverSession.txnNumber };
}
