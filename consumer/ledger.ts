import type { Binary, ClientSession, Collection, Db } from "mongodb";
import { COLLECTIONS, type LedgerEntry, ledgerId } from "#contract/storage.ts";
import type { Claim } from "./sink.ts";
import { type UpdateStatement, updateMany } from "./update-many.ts";

/** By how much the counters of one partition move. */
export interface LedgerMove {
  readonly nextOffset: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
}

/** A move of the partition that was claimed. */
interface ClaimedMove {
  readonly claim: Claim;
  readonly move: LedgerMove;
}

/** How long a claim may wait for MongoDB. */
const CLAIM_MS = 5_000;

/** The sessions in which the present owner writes: that of the partition, and that of all its partitions together. */
type Sessions = readonly [own: Binary | undefined, shared: Binary | undefined];
/** An entry with what only its writers need. */
type OwnedEntry = LedgerEntry & { session?: Binary | undefined; sharedSession?: Binary | undefined };

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
   * (60 s). So its sessions are ended first; they are known by the entry, where each owner leaves its own. An owner that
   * lives and lost only this partition writes again what it had under way for the others.
   *
   * @param sessions - in which the partition will be written
   */
  async claim(topic: string, partition: number, firstOffset: number, sessions: Sessions): Promise<Claim> {
    const _id = ledgerId(topic, partition);
    const before = await this.#entries.findOne({ _id }, { readConcern: { level: "majority" }, maxTimeMS: CLAIM_MS });
    // Who may not do that has to wait.
    const [session, sharedSession] = sessions;
    const shared = before?.owner === this.#owner ? undefined : before?.sharedSession;
    const left = [before?.session, shared].filter((id) => id !== undefined);
    if (left.length > 0)
      await this.#db
        .admin()
        .command({ killSessions: left.map((id) => ({ id })) })
        .catch(() => undefined);
    const entry = await this.#entries.findOneAndUpdate(
      { _id },
      {
        $inc: { epoch: 1 },
        $set: { owner: this.#owner, session, sharedSession, updated_at: new Date() },
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
   * Moves the entries of some partitions inside a transaction.
   *
   * @returns whether all of them stood where their claims say and are still ours; if not, it must not be committed
   */
  async move(moves: readonly ClaimedMove[], session: ClientSession): Promise<boolean> {
    const moved = await updateMany(this.#db, COLLECTIONS.ledger, moves.map(stepOf), session);
    return moved === moves.length;
  }
}

/** Which entry moves if it is where the claim says and still ours, and how; otherwise none does. */
export function stepOf({ claim, move }: ClaimedMove): UpdateStatement {
  const { topic, partition, epoch, nextOffset: from } = claim;
  const { nextOffset, ...counters } = move;
  return {
    q: { _id: ledgerId(topic, partition), epoch, nextOffset: from },
    u: { $set: { nextOffset, updated_at: new Date() }, $inc: counters },
  };
}
