import type { ClientSession, Db } from "mongodb";
import { COLLECTIONS } from "#contract/storage.ts";
import type { DecodedChunk } from "./decode.ts";
import { type Outcome, rollupUpdate } from "./rollup-update.ts";
import { updateMany } from "./update-many.ts";

/** What happened in each second, one document per second, topic and partition; see `Rollup`. */
export class Rollups {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Adds what became of some chunks, each of another partition, inside a transaction. */
  async add(
    chunks: readonly { readonly chunk: DecodedChunk; readonly outcome: Outcome }[],
    storedAtMs: number,
    session: ClientSession,
  ): Promise<void> {
    const updates = chunks.map(({ chunk, outcome }) => {
      const { id, update } = rollupUpdate(chunk, outcome, storedAtMs);
      return { q: { _id: id }, u: update, upsert: true };
    });
    await updateMany(this.#db, COLLECTIONS.rollups, updates, session);
  }
}
