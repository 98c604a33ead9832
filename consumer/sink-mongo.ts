import type { ClientSession, Db, MongoClient } from "mongodb";
import { COLLECTIONS, ledgerId, type StoredTransaction } from "#contract/storage.ts";
import { WriterPool } from "./bson-writer.ts";
import { CarefulTransactions } from "./careful-transactions.ts";
import { decodeChunk } from "./decode.ts";
import { GroupWriter } from "./group-writer.ts";
import { HopefulTransactions, transactionSession } from "./hopeful-transactions.ts";
import { NamesOfSecond } from "./largest-names.ts";
import { Ledger } from "./ledger.ts";
import { type Knowledge, moveOf, type Plan, planOf, writtenOf } from "./plan.ts";
import type { Chunk } from "./record.ts";
import { type Claim, type Sink, SinkUnavailable, type Written } from "./sink.ts";
import { unavailable } from "./unavailable.ts";

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
  readonly #careful: CarefulTransactions;
  /** The session in which each partition is written, by ledger id; the ledger knows them too. */
  readonly #sessions = new Map<string, OwnSession>();
  readonly #writers = new WriterPool();
  /** Chunks left for which known ids are looked up before inserting. */
  #wary = 0;

  constructor(client: MongoClient, db: Db, owner: string) {
    this.#client = client;
    this.#db = db;
    this.#ledger = new Ledger(db, owner);
    this.#group = new GroupWriter(client, db, this.#writers);
    this.#careful = new CarefulTransactions(db, this.#ledger, this.#writers);
  }

  async claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    const id = ledgerId(topic, partition);
    const session = this.#client.startSession();
    try {
      const claim = await this.#ledger.claim(topic, partition, firstOffset, [session.id?.id, this.#group.sessionId]);
      const before = this.#sessions.get(id);
      const hopeful = new HopefulTransactions(this.#client, this.#db, transactionSession(session), this.#writers);
      this.#sessions.set(id, { claim, session, hopeful, names: new NamesOfSecond() });
      await before?.session.endSession();
      return claim;
    } catch (error) {
      await session.endSession();
      throw unavailable(error, this.#client);
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
      const commitMs = await this.#group.write({ claim, chunk: decoded, plan, move, names: own.names }, own.hopeful);
      if (commitMs !== undefined) {
        claim.nextOffset = chunk.nextOffset;
        return { ...writtenOf(move, plan), decodeMs, commitMs };
      }
      let oneByOne = false;
      // Each round either succeeds or learns more of what can't be inserted.
      for (;;) {
        const session = this.#ownOf(claim)?.session;
        if (session === undefined) return { kind: "fenced" };
        const result = await this.#careful.write(session, claim, decoded, plan, oneByOne);
        if (result.kind === "written") return { ...result, decodeMs };
        if (result.kind === "fenced") return result;
        for (const { record, fault } of result.refused) knowledge.refused.set(record, fault);
        oneByOne ||= result.oneByOne;
        if (result.duplicate && !(await this.#lookUp(plan, knowledge)))
          throw new SinkUnavailable("an id is taken by a document that can't be seen yet");
        plan = planOf(decoded, knowledge);
      }
    } catch (error) {
      throw unavailable(error, this.#client);
    }
  }

  /** A claim that this very process has renewed has no session any more, and must not write in the new one's. */
  #ownOf(claim: Claim): OwnSession | undefined {
    const own = this.#sessions.get(ledgerId(claim.topic, claim.partition));
    return own?.claim === claim ? own : undefined;
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
  readonly names: NamesOfSecond;
}
