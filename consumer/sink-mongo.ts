import { type ClientSession, type Collection, type Db, type MongoClient, MongoServerError } from "mongodb";
import { DocumentSequence } from "mongodb/lib/cmap/commands.js";
import type { Fault } from "#contract/reasons.ts";
import type { Rollup } from "#contract/rollup.ts";
import { COLLECTIONS, type DeadLetter, ledgerId, type StoredTransaction } from "#contract/storage.ts";
import { BsonWriter } from "./bson-writer.ts";
import { contentOf, contentOfStored } from "./canonical-content.ts";
import { deadLetterOf } from "./dead-letter.ts";
import { type DecodedChunk, type DecodedTransaction, decodeChunk, type FaultyRecord } from "./decode.ts";
import { Ledger } from "./ledger.ts";
import { verdictOf } from "./mongo-verdict.ts";
import type { Chunk, ConsumedRecord } from "./record.ts";
import { rollupUpdate } from "./rollup-update.ts";
import { type Claim, type Sink, SinkUnavailable, type Written } from "./sink.ts";
import { writeStoredDocument } from "./stored-document.ts";

/** MongoDB takes no document larger than this, 16 MiB. */
const LARGEST_DOCUMENT_BYTES = 16 * 1024 * 1024;
/** One message to the server holds 48,000,000 bytes; what is more goes in a further one of the same transaction. */
const LARGEST_MESSAGE_BYTES = 40_000_000;
const DURABLE = { readConcern: { level: "snapshot" }, writeConcern: { w: "majority", j: true } } as const;
/** After so many chunks without a known id the next ones are inserted without looking first. */
const CALM_CHUNKS = 20;

/** What is to be written: the transactions that are new, and everything else. */
interface Plan {
  readonly fresh: readonly DecodedTransaction[];
  /** Records that this very offset has put there already, before the ledger was lost: they count, and that is all. */
  readonly kept: number;
  readonly duplicates: number;
  readonly faulty: readonly FaultyRecord[];
}

/**
 * MongoDB as the sink: per chunk one transaction moves documents, dead letters, the rollup and the ledger. New ids are
 * inserted hopefully; a known one aborts the transaction, and then each record is decided by what is stored.
 */
export class MongoSink implements Sink {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #ledger: Ledger;
  readonly #rollups: Collection<Rollup>;
  readonly #deadLetters: Collection<DeadLetter>;
  /** The session in which each partition is written, by ledger id; the ledger knows them too. */
  readonly #sessions = new Map<string, ClientSession>();
  /** Buffers that no chunk is written from at the moment. */
  readonly #writers: BsonWriter[] = [];
  /** Chunks left for which known ids are looked up before inserting. */
  #wary = 0;

  constructor(client: MongoClient, db: Db, owner: string) {
    this.#client = client;
    this.#db = db;
    this.#ledger = new Ledger(db, owner);
    this.#rollups = db.collection<Rollup>(COLLECTIONS.rollups);
    this.#deadLetters = db.collection<DeadLetter>(COLLECTIONS.deadLetters);
  }

  async claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    const id = ledgerId(topic, partition);
    const session = this.#client.startSession();
    try {
      const claim = await this.#ledger.claim(topic, partition, firstOffset, session);
      await this.#sessions.get(id)?.endSession();
      this.#sessions.set(id, session);
      return claim;
    } catch (error) {
      await session.endSession();
      throw unavailable(error);
    }
  }

  async write(claim: Claim, chunk: Chunk): Promise<Written> {
    const decoded = decodeChunk(chunk);
    try {
      let plan = decideInChunk(decoded);
      if (this.#wary > 0) plan = await this.#decideByStore(plan);
      // Each round either succeeds or learns of at least one more record that can't be inserted.
      for (;;) {
        const result = await this.#tryWrite(claim, decoded, plan);
        if (result.kind !== "again") return result;
        plan = result.refused === undefined ? await this.#decideByStore(plan) : park(plan, result.refused);
      }
    } catch (error) {
      throw unavailable(error);
    }
  }

  async #tryWrite(claim: Claim, chunk: DecodedChunk, plan: Plan): Promise<Written | Again> {
    const writer = this.#writers.pop() ?? new BsonWriter();
    try {
      return await this.#writeIn(writer, claim, chunk, plan);
    } finally {
      this.#writers.push(writer);
    }
  }

  async #writeIn(writer: BsonWriter, claim: Claim, chunk: DecodedChunk, plan: Plan): Promise<Written | Again> {
    const now = new Date();
    const { documents, tooLarge } = encode(writer, plan.fresh, chunk.source, now.getTime());
    if (tooLarge !== undefined) return { kind: "again", refused: tooLarge };
    const stored = plan.fresh.length + plan.kept;
    const outcome = {
      stored: plan.fresh,
      duplicates: plan.duplicates,
      deadLettered: plan.faulty.length,
      absent: chunk.nextOffset - chunk.fromOffset - chunk.recordCount,
    };
    const { duplicates, deadLettered, absent } = outcome;
    const move = { nextOffset: chunk.nextOffset, stored, duplicates, deadLettered, absent };
    const session = this.#sessions.get(ledgerId(chunk.topic, chunk.partition));
    if (session === undefined) throw new Error(`${chunk.topic}/${chunk.partition} was not claimed`);
    try {
      session.startTransaction(DURABLE);
      if (!(await this.#ledger.move(claim, move, session))) {
        await session.abortTransaction();
        return await this.#afterMismatch(claim, chunk, move);
      }
      const refusal = await this.#insert(documents, session);
      if (refusal !== undefined) {
        await session.abortTransaction().catch(() => undefined);
        return refusal.duplicate
          ? { kind: "again", refused: undefined }
          : { kind: "again", refused: refusedBy(plan.fresh[refusal.index], refusal.message) };
      }
      if (plan.faulty.length > 0) await this.#park(plan.faulty, now, session);
      const { id, update } = rollupUpdate(chunk, outcome, now.getTime());
      await this.#rollups.updateOne({ _id: id }, update, { session, upsert: true });
      await session.commitTransaction();
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      throw error;
    }
    claim.nextOffset = chunk.nextOffset;
    return { kind: "written", stored, duplicates, deadLettered };
  }

  /**
   * The ledger does not stand where we thought. Either somebody else has the partition, or an earlier try was
   * committed although its answer got lost.
   */
  async #afterMismatch(
    claim: Claim,
    chunk: DecodedChunk,
    move: Omit<Written & { kind: "written" }, "kind">,
  ): Promise<Written> {
    const entry = await this.#ledger.read(claim);
    if (entry?.epoch !== claim.epoch || entry.nextOffset !== chunk.nextOffset) return { kind: "fenced" };
    claim.nextOffset = chunk.nextOffset;
    const { stored, duplicates, deadLettered } = move;
    return { kind: "written", stored, duplicates, deadLettered };
  }

  /** Inserts documents that are BSON already. @returns the first one that the server did not take */
  async #insert(documents: readonly Uint8Array[], session: ClientSession): Promise<Refusal | undefined> {
    let from = 0;
    while (from < documents.length) {
      const sequence = new DocumentSequence("documents");
      let bytes = 0;
      let to = from;
      for (; to < documents.length; to++) {
        const document = documents[to] as Uint8Array;
        if (to > from && bytes + document.length > LARGEST_MESSAGE_BYTES) break;
        bytes += document.length;
        sequence.push(undefined, document);
      }
      try {
        const reply = await this.#db.command(
          { insert: COLLECTIONS.transactions, documents: sequence, ordered: true },
          { session, ignoreUndefined: true },
        );
        const [first] = (reply["writeErrors"] ?? []) as { index: number; code: number; errmsg: string }[];
        if (first !== undefined)
          return { index: from + first.index, duplicate: first.code === 11_000, message: first.errmsg };
      } catch (error) {
        const verdict = verdictOf(error);
        if (verdict === "duplicate") return { index: from, duplicate: true, message: "" };
        throw error;
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

  /** Takes out of a plan what is stored already: a duplicate when it says the same, a conflict when it does not. */
  async #decideByStore(plan: Plan): Promise<Plan> {
    if (plan.fresh.length === 0) return plan;
    const known = await this.#db
      .collection<StoredTransaction>(COLLECTIONS.transactions)
      .find({ _id: { $in: plan.fresh.map(({ id }) => id) } }, { readConcern: { level: "majority" } })
      .toArray();
    this.#wary = known.length > 0 ? CALM_CHUNKS : Math.max(0, this.#wary - 1);
    if (known.length === 0) return plan;
    const stored = new Map(known.map((document) => [document._id, document]));
    const fresh: DecodedTransaction[] = [];
    const faulty = [...plan.faulty];
    let { duplicates, kept } = plan;
    for (const decoded of plan.fresh) {
      const document = stored.get(decoded.id);
      if (document === undefined) fresh.push(decoded);
      else if (isFrom(document, decoded.record)) kept++;
      else if (contentOfStored({ ...document }) === contentOf(decoded.transaction)) duplicates++;
      else faulty.push({ record: decoded.record, fault: conflict(decoded.id) });
    }
    return { fresh, kept, duplicates, faulty };
  }
}

interface Again {
  readonly kind: "again";
  /** The record that can't be stored; `undefined` when known ids have to be looked up. */
  readonly refused: FaultyRecord | undefined;
}

interface Refusal {
  readonly index: number;
  readonly duplicate: boolean;
  readonly message: string;
}

/** Ids that come twice in one chunk are decided without asking anybody: the first is the one that counts. */
function decideInChunk({ transactions, faulty }: DecodedChunk): Plan {
  const first = new Map<string, DecodedTransaction>();
  const fresh: DecodedTransaction[] = [];
  const parked = [...faulty];
  let duplicates = 0;
  for (const decoded of transactions) {
    const earlier = first.get(decoded.id);
    if (earlier === undefined) {
      first.set(decoded.id, decoded);
      fresh.push(decoded);
    } else if (contentOf(earlier.transaction) === contentOf(decoded.transaction)) duplicates++;
    else parked.push({ record: decoded.record, fault: conflict(decoded.id) });
  }
  return { fresh, kept: 0, duplicates, faulty: parked };
}

function park(plan: Plan, refused: FaultyRecord): Plan {
  const fresh = plan.fresh.filter(({ record }) => record !== refused.record);
  return { ...plan, fresh, faulty: [...plan.faulty, refused] };
}

function isFrom({ ingest }: StoredTransaction, { topic, partition, offset }: ConsumedRecord): boolean {
  return ingest?.topic === topic && ingest.partition === partition && Number(ingest.offset) === offset;
}

function encode(
  writer: BsonWriter,
  fresh: readonly DecodedTransaction[],
  source: DecodedChunk["source"],
  storedAtMs: number,
): { documents: Uint8Array[]; tooLarge: FaultyRecord | undefined } {
  writer.rewind();
  const ends: number[] = [];
  for (const { transaction, record } of fresh) {
    const start = writer.length;
    writeStoredDocument(writer, transaction, record, source, storedAtMs);
    const bytes = writer.length - start;
    if (bytes > LARGEST_DOCUMENT_BYTES) {
      const detail = `the document would have ${bytes} bytes, MongoDB takes ${LARGEST_DOCUMENT_BYTES} at most`;
      return { documents: [], tooLarge: { record, fault: { reason: "too-large", detail } } };
    }
    ends.push(writer.length);
  }
  const all = writer.bytesFrom(0);
  return { documents: ends.map((end, index) => all.subarray(ends[index - 1] ?? 0, end)), tooLarge: undefined };
}

function refusedBy(decoded: DecodedTransaction | undefined, message: string): FaultyRecord {
  if (decoded === undefined) throw new Error(`MongoDB refused a document that was not sent: ${message}`);
  return {
    record: decoded.record,
    fault: { reason: "invalid-transaction", detail: `MongoDB does not take it: ${message}` },
  };
}

function conflict(id: string): Fault {
  return { reason: "conflict", detail: `transaction_id: ${id} is stored already with other content` };
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
