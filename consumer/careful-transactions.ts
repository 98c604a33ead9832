import { type ClientSession, type Collection, type Db, type ErrorDescription, MongoServerError } from "mongodb";
import { DocumentSequence } from "mongodb/lib/cmap/commands.js";
import { COLLECTIONS, type DeadLetter } from "#contract/storage.ts";
import type { BsonWriter, WriterPool } from "./bson-writer.ts";
import { deadLetterOf } from "./dead-letter.ts";
import type { DecodedChunk, DecodedTransaction, FaultyRecord } from "./decode.ts";
import { DURABLE } from "./durable.ts";
import { encodeDocuments } from "./encode-documents.ts";
import { LARGEST_MESSAGE_BYTES } from "./hopeful-transactions.ts";
import { NamesOfSecond } from "./largest-names.ts";
import type { Ledger } from "./ledger.ts";
import { verdictOf } from "./mongo-verdict.ts";
import { moveOf, type Plan, writtenOf } from "./plan.ts";
import { Rollups } from "./rollups.ts";
import { type Claim, SinkUnavailable, type Written } from "./sink.ts";

/** The transaction was not made; this is what it taught. */
export interface Again {
  readonly kind: "again";
  readonly refused: readonly FaultyRecord[];
  /** Ids are known that the plan takes for new. */
  readonly duplicate: boolean;
  /** The server refuses a whole message because of one document in it. */
  readonly oneByOne: boolean;
}

const AGAIN: Again = { kind: "again", refused: [], duplicate: false, oneByOne: false };

interface Refusal {
  readonly verdict: "duplicate" | "refused";
  /** `undefined` when it is not known which one. */
  readonly index: number | undefined;
  readonly message: string;
}

/**
 * Writes chunks in transactions of the driver, one command after the other, and says what the server has against a
 * record: for all that {@link HopefulTransactions} does not write.
 */
export class CarefulTransactions {
  readonly #db: Db;
  readonly #ledger: Ledger;
  readonly #rollups: Rollups;
  readonly #deadLetters: Collection<DeadLetter>;
  readonly #writers: WriterPool;

  constructor(db: Db, ledger: Ledger, writers: WriterPool) {
    this.#db = db;
    this.#ledger = ledger;
    this.#rollups = new Rollups(db);
    this.#deadLetters = db.collection<DeadLetter>(COLLECTIONS.deadLetters);
    this.#writers = writers;
  }

  /**
   * @param oneByOne - inserts each document with a message of its own, to find the one because of which the server
   *   refuses a message
   * @throws what the driver throws; then it is not known what became of the transaction, but by the ledger
   */
  async write(
    session: ClientSession,
    claim: Claim,
    chunk: DecodedChunk,
    plan: Plan,
    oneByOne: boolean,
  ): Promise<Written | Again> {
    const writer = this.#writers.take();
    try {
      return await this.#writeWith(writer, session, claim, chunk, plan, oneByOne);
    } finally {
      this.#writers.give(writer);
    }
  }

  async #writeWith(
    writer: BsonWriter,
    session: ClientSession,
    claim: Claim,
    chunk: DecodedChunk,
    plan: Plan,
    oneByOne: boolean,
  ): Promise<Written | Again> {
    const now = new Date();
    const { documents, tooLarge } = encodeDocuments(writer, plan.fresh, chunk.source, now.getTime());
    if (tooLarge.length > 0) return { ...AGAIN, refused: tooLarge };
    const move = moveOf(chunk, plan);
    let commitMs = 0;
    try {
      session.startTransaction(DURABLE);
      if (!(await this.#ledger.move([{ claim, move }], session))) {
        await session.abortTransaction();
        return await this.#afterMismatch(claim, chunk, writtenOf(move, plan));
      }
      const refusal = await this.#insert(documents, session, oneByOne);
      if (refusal !== undefined) {
        await session.abortTransaction().catch(() => undefined);
        if (refusal.verdict === "duplicate") return { ...AGAIN, duplicate: true };
        if (refusal.index === undefined) return { ...AGAIN, oneByOne: true };
        return { ...AGAIN, refused: [refusedBy(plan.fresh[refusal.index], refusal.message)] };
      }
      if (plan.faulty.length > 0) await this.#park(plan.faulty, now, session);
      const outcome = { ...move, stored: plan.fresh };
      // They are not kept: it may take several tries, of which each would count.
      const names = new NamesOfSecond();
      await this.#rollups.add([{ chunk, outcome, names }], now.getTime(), session);
      const commitAt = performance.now();
      await session.commitTransaction();
      commitMs = performance.now() - commitAt;
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      throw error;
    }
    claim.nextOffset = chunk.nextOffset;
    return { ...writtenOf(move, plan), commitMs };
  }

  /**
   * The ledger does not stand where we thought. Either somebody else has the partition, or an earlier try was
   * committed although its answer got lost.
   */
  async #afterMismatch(claim: Claim, chunk: DecodedChunk, written: Written): Promise<Written> {
    const entry = await this.#ledger.read(claim);
    if (entry?.epoch !== claim.epoch) return { kind: "fenced" };
    if (entry.nextOffset === chunk.fromOffset)
      throw new SinkUnavailable("the ledger has moved, but the majority does not have it yet");
    if (entry.nextOffset !== chunk.nextOffset) return { kind: "fenced" };
    claim.nextOffset = chunk.nextOffset;
    return written;
  }

  /**
   * Inserts documents that are BSON already.
   *
   * @param oneByOne - each with a message of its own, to find the one because of which the server refuses a message
   * @returns what the server did not take
   */
  async #insert(
    documents: readonly Uint8Array[],
    session: ClientSession,
    oneByOne: boolean,
  ): Promise<Refusal | undefined> {
    const mostBytes = oneByOne ? 0 : LARGEST_MESSAGE_BYTES;
    let from = 0;
    while (from < documents.length) {
      const sequence = new DocumentSequence("documents");
      let bytes = 0;
      let to = from;
      for (; to < documents.length; to++) {
        const document = documents[to] as Uint8Array;
        if (to > from && bytes + document.length > mostBytes) break;
        bytes += document.length;
      }
      // They lie one behind the other, as the message has them: one piece.
      const { buffer, byteOffset } = documents[from] as Uint8Array;
      sequence.push(undefined, new Uint8Array(buffer, byteOffset, bytes));
      try {
        const reply = await this.#db.command(
          { insert: COLLECTIONS.transactions, documents: sequence, ordered: true },
          { session, ignoreUndefined: true },
        );
        const [first] = (reply["writeErrors"] ?? []) as (ErrorDescription & { index: number })[];
        if (first !== undefined) {
          const error = new MongoServerError(first);
          const verdict = verdictOf(error);
          // Such as a full disk: it says nothing against the document.
          if (verdict !== "duplicate" && verdict !== "refused") throw error;
          return { verdict, index: from + first.index, message: error.message };
        }
      } catch (error) {
        const verdict = verdictOf(error);
        if (verdict !== "duplicate" && verdict !== "refused") throw error;
        const message = error instanceof Error ? error.message : String(error);
        return { verdict, index: to - from === 1 ? from : undefined, message };
      }
      from = to;
    }
    return undefined;
  }

  /** Letters that are there already (the ledger was lost) stay as they are. */
  async #park(faulty: readonly FaultyRecord[], now: Date, session: ClientSession): Promise<void> {
    const letters = faulty.map(({ record, fault }) => deadLetterOf(record, fault, now));
    const ids = letters.map(({ _id }) => _id);
    const known = await this.#deadLetters.find({ _id: { $in: ids } }, { session, projection: { _id: 1 } }).toArray();
    const there = new Set(known.map(({ _id }) => _id));
    const missing = there.size === 0 ? letters : letters.filter(({ _id }) => !there.has(_id));
    if (missing.length > 0) await this.#deadLetters.insertMany(missing, { session });
  }
}

function refusedBy(decoded: DecodedTransaction | undefined, message: string): FaultyRecord {
  if (decoded === undefined) throw new Error(`MongoDB refused a document that was not sent: ${message}`);
  return {
    record: decoded.record,
    fault: { reason: "invalid-transaction", detail: `MongoDB does not take it: ${message}` },
  };
}
