import {
  type ClientSession,
  type Collection,
  type Db,
  type ErrorDescription,
  type MongoClient,
  MongoServerError,
} from "mongodb";
import { DocumentSequence } from "mongodb/lib/cmap/commands.js";
import type { Reason } from "#contract/reasons.ts";
import { COLLECTIONS, type DeadLetter, ledgerId, type StoredTransaction } from "#contract/storage.ts";
import { type BsonWriter, WriterPool } from "./bson-writer.ts";
import { deadLetterOf } from "./dead-letter.ts";
import { type DecodedChunk, type DecodedTransaction, decodeChunk, type FaultyRecord } from "./decode.ts";
import { DURABLE } from "./durable.ts";
import { encodeDocuments } from "./encode-documents.ts";
import { GroupWriter } from "./group-writer.ts";
import { HopefulTransactions, LARGEST_MESSAGE_BYTES, transactionSession } from "./hopeful-transactions.ts";
import { Ledger, type LedgerMove } from "./ledger.ts";
import { verdictOf } from "./mongo-verdict.ts";
import { type Knowledge, type Plan, planOf } from "./plan.ts";
import type { Chunk } from "./record.ts";
import { Rollups } from "./rollups.ts";
import { type Claim, type Sink, SinkUnavailable, type Written } from "./sink.ts";

/** After so many chunks without a known id the next ones are inserted without looking first. */
const CALM_CHUNKS = 20;

/**
 * MongoDB as the sink: per chunk one transaction moves documents, dead letters, the rollup and the ledger. New ids are
 * inserted hopefully; a known one aborts the transaction, and then each record is decided by what is stored.
 */
export class MongoSink implements Sink {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #ledger: Ledger;
  readonly #group: GroupWriter;
  readonly #rollups: Rollups;
  readonly #deadLetters: Collection<DeadLetter>;
  /** The session in which each partition is written, by ledger id; the ledger knows them too. */
  readonly #sessions = new Map<string, OwnSession>();
  readonly #writers = new WriterPool();
  /** Chunks left for which known ids are looked up before inserting. */
  #wary = 0;

  constructor(client: MongoClient, db: Db, owner: string) {
    this.#client = client;
    this.#db = db;
    this.#ledger = new Ledger(db, owner);
    this.#rollups = new Rollups(db);
    this.#group = new GroupWriter(client, db, this.#writers);
    this.#deadLetters = db.collection<DeadLetter>(COLLECTIONS.deadLetters);
  }

  async claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    const id = ledgerId(topic, partition);
    const session = this.#client.startSession();
    try {
      const claim = await this.#ledger.claim(topic, partition, firstOffset, [session.id?.id, this.#group.sessionId]);
      const before = this.#sessions.get(id);
      const hopeful = new HopefulTransactions(this.#client, this.#db, transactionSession(session), this.#writers);
      this.#sessions.set(id, { claim, session, hopeful });
      await before?.session.endSession();
      return claim;
    } catch (error) {
      await session.endSession();
      throw unavailable(error);
    }
  }

  async write(claim: Claim, chunk: Chunk): Promise<Written> {
    const startedAt = performance.now();
    const decoded = decodeChunk(chunk);
    const decodeMs = performance.now() - startedAt;
    const knowledge: Knowledge = { stored: new Map(), refused: new Map() };
    let plan = planOf(decoded, knowledge);
    try {
      if (this.#wary > 0 && (await this.#lookUp(plan, knowledge))) plan = planOf(decoded, knowledge);
      const own = this.#ownOf(claim);
      if (own === undefined) return { kind: "fenced" };
      const move = moveOf(decoded, plan);
      const commitMs = await this.#group.write({ claim, chunk: decoded, plan, move }, own.hopeful);
      if (commitMs !== undefined) {
        claim.nextOffset = chunk.nextOffset;
        return { ...writtenOf(move, plan), decodeMs, commitMs };
      }
      let oneByOne = false;
      // Each round either succeeds or learns more of what can't be inserted.
      for (;;) {
        const result = await this.#tryWrite(claim, decoded, plan, oneByOne);
        if (result.kind === "written") return { ...result, decodeMs };
        if (result.kind === "fenced") return result;
        for (const { record, fault } of result.refused) knowledge.refused.set(record, fault);
        oneByOne ||= result.oneByOne;
        if (result.duplicate && !(await this.#lookUp(plan, knowledge)))
          throw new SinkUnavailable("an id is taken by a document that can't be seen yet");
        plan = planOf(decoded, knowledge);
      }
    } catch (error) {
      throw unavailable(error);
    }
  }

  async #tryWrite(claim: Claim, chunk: DecodedChunk, plan: Plan, oneByOne: boolean): Promise<Written | Again> {
    const writer = this.#writers.take();
    try {
      return await this.#writeIn(writer, claim, chunk, plan, oneByOne);
    } finally {
      this.#writers.give(writer);
    }
  }

  async #writeIn(
    writer: BsonWriter,
    claim: Claim,
    chunk: DecodedChunk,
    plan: Plan,
    oneByOne: boolean,
  ): Promise<Written | Again> {
    const session = this.#ownOf(claim)?.session;
    if (session === undefined) return { kind: "fenced" };
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
      await this.#rollups.add([{ chunk, outcome }], now.getTime(), session);
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

  /** A claim that this very process has renewed has no session any more, and must not write in the new one's. */
  #ownOf(claim: Claim): OwnSession | undefined {
    const own = this.#sessions.get(ledgerId(claim.topic, claim.partition));
    return own?.claim === claim ? own : undefined;
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

  /** Asks which ids of a plan are stored already. @returns whether there are any */
  async #lookUp(plan: Plan, { stored }: Knowledge): Promise<boolean> {
    if (plan.fresh.length === 0) return false;
    const known = await this.#db
      .collection<StoredTransaction>(COLLECTIONS.transactions)
      .find({ _id: { $in: plan.fresh.map(({ id }) => id) } }, { readConcern: { level: "majority" } })
      .toArray();
    for (const document of known) stored.set(document._id, document);
    this.#wary = known.length > 0 ? CALM_CHUNKS : Math.max(0, this.#wary - 1);
    return known.length > 0;
  }
}

/** What one partition is written in. */
interface OwnSession {
  readonly claim: Claim;
  readonly session: ClientSession;
  /** In the same session. */
  readonly hopeful: HopefulTransactions;
}

/** The transaction was not made; this is what it taught. */
interface Again {
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

/** By how much a chunk moves the ledger, if it becomes what is planned. */
function moveOf({ fromOffset, nextOffset, recordCount }: DecodedChunk, plan: Plan): LedgerMove {
  return {
    nextOffset,
    stored: plan.fresh.length + plan.kept,
    duplicates: plan.duplicates,
    deadLettered: plan.faulty.length,
    absent: nextOffset - fromOffset - recordCount,
  };
}

function writtenOf({ stored, duplicates, deadLettered }: LedgerMove, plan: Plan): Written & { kind: "written" } {
  return { kind: "written", stored, duplicates, deadLettered, reasons: reasonsOf(plan) };
}

function reasonsOf({ faulty }: Plan): Partial<Record<Reason, number>> {
  const reasons: Partial<Record<Reason, number>> = {};
  for (const { fault } of faulty) reasons[fault.reason] = (reasons[fault.reason] ?? 0) + 1;
  return reasons;
}

function refusedBy(decoded: DecodedTransaction | undefined, message: string): FaultyRecord {
  if (decoded === undefined) throw new Error(`MongoDB refused a document that was not sent: ${message}`);
  return {
    record: decoded.record,
    fault: { reason: "invalid-transaction", detail: `MongoDB does not take it: ${message}` },
  };
}

/** Whatever goes wrong on the way to MongoDB: the chunk is kept and written again. */
function unavailable(error: unknown): unknown {
  if (error instanceof SinkUnavailable) return error;
  const code = error instanceof MongoServerError ? ` (${error.codeName ?? error.code})` : "";
  const message = error instanceof Error ? error.message : String(error);
  return verdictOf(error) === "fatal" && !(error instanceof MongoServerError)
    ? error
    : new SinkUnavailable(`${message}${code}`, { cause: error });
}
