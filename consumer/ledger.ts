import type { Binary, ClientSession, Collection, Db } from "mongodb";
import { COLLECTIONS, type LedgerEntry, ledgerId } from "#contract/storage.ts";
import type { Claim } from "./sink.ts";

/** By how much the counters of one partition move. */
export interface LedgerMove {
  readonly nextOffset: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
}

/** How long a claim may wait for MongoDB. */
const CLAIM_MS = 5_000;

/** An entry with what only its writers need: the session in which the present owner writes. */
type OwnedEntry = LedgerEntry & { session?: Binary | undefined };

/** What became of every offset, one document per topic and partition; see `LedgerEntry`. */
export class Ledger {
  readonly #db: Db;
  readonly #entries: Collection<OwnedEntry>;
  readonly #owner: string;

  /** @param owner - this instance, for people who look at the ledger */
  constructor(db: Db, owner: string) {
    this.#db = db;
    this.#entries = db.collection<OwnedEntry>(COLLECTIONS.ledger);
    this.#owner = owner;
  }

  /**
   * Raises the epoch, so that whoever had the partition before can't write any more, and says where it stands.
   *
   * A consumer that was killed may have left a transaction open, which holds the entry until the server gives it up
   * (60 s). So its session is ended first; it is known by the entry, where each owner leaves its own.
   *
   * @param session - in which the partition will be written
   */
  async claim(topic: string, partition: number, firstOffset: number, session: ClientSession): Promise<Claim> {
    const _id = ledgerId(topic, partition);
    const before = await this.#entries.findOne({ _id }, { readConcern: { level: "majority" }, maxTimeMS: CLAIM_MS });
    // Who may not do that has to wait.
    if (before?.session)
      await this.#db
        .admin()
        .command({ killSessions: [{ id: before.session }] })
        .catch(() => undefined);
    const entry = await this.#entries.findOneAndUpdate(
      { _id },
      {
        $inc: { epoch: 1 },
        $set: { owner: this.#owner, session: session.id?.id, updated_at: new Date() },
        $setOnInsert: {
          ...{ topic, partition, firstOffset, nextOffset: firstOffset },
          ...{ stored: 0, duplicates: 0, deadLettered: 0, absent: 0 },
        },
      },
      { upsert: true, returnDocument: "after", writeConcern: { w: "majority", j: true }, maxTimeMS: CLAIM_MS },
    );
    if (entry === null) throw new Error(`the ledger gave no entry for ${_id}`);
    return { topic, partition, epoch: entry.epoch, nextOffset: entry.nextOffset };
  }

  /** The entry as the majority has it. */
  read({ topic, partition }: Claim): Promise<LedgerEntry | null> {
    return this.#entries.findOne({ _id: ledgerId(topic, partition) }, { readConcern: { level: "majority" } });
  }

  /**
   * Moves the entry inside a transaction.
   *
   * @returns whether it stood where the claim says and is still ours; if not, the transaction must not be committed
   */
  async move(claim: Claim, move: LedgerMove, session: ClientSession): Promise<boolean> {
    const { nextOffset, ...counters } = move;
    const { topic, partition, epoch } = claim;
    const { matchedCount } = await this.#entries.updateOne(
      { _id: ledgerId(topic, partition), epoch, nextOffset: claim.nextOffset },
      { $set: { nextOffset, updated_at: new Date() }, $inc: counters },
      { session },
    );
    return matchedCount === 1;
  }
}
