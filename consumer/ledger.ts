import type { ClientSession, Collection } from "mongodb";
import { type LedgerEntry, ledgerId } from "#contract/storage.ts";
import type { Claim } from "./sink.ts";

/** By how much the counters of one partition move. */
export interface LedgerMove {
  readonly nextOffset: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
}

/** What became of every offset, one document per topic and partition; see `LedgerEntry`. */
export class Ledger {
  readonly #entries: Collection<LedgerEntry>;
  readonly #owner: string;

  /** @param owner - this instance, for people who look at the ledger */
  constructor(entries: Collection<LedgerEntry>, owner: string) {
    this.#entries = entries;
    this.#owner = owner;
  }

  /** Raises the epoch, so that whoever had the partition before can't write any more, and says where it stands. */
  async claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    const entry = await this.#entries.findOneAndUpdate(
      { _id: ledgerId(topic, partition) },
      {
        $inc: { epoch: 1 },
        $set: { owner: this.#owner, updated_at: new Date() },
        $setOnInsert: {
          ...{ topic, partition, firstOffset, nextOffset: firstOffset },
          ...{ stored: 0, duplicates: 0, deadLettered: 0, absent: 0 },
        },
      },
      { upsert: true, returnDocument: "after", writeConcern: { w: "majority", j: true } },
    );
    if (entry === null) throw new Error(`the ledger gave no entry for ${topic}/${partition}`);
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
