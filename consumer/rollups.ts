import type { ClientSession, Db } from "mongodb";
import { COLLECTIONS } from "#contract/storage.ts";
import type { DecodedChunk } from "./decode.ts";
import type { NamesOfSecond } from "./largest-names.ts";
import { type Outcome, rollupUpdate } from "./rollup-update.ts";
import { type UpdateStatement, updateMany } from "./update-many.ts";

/** A chunk, and what becomes of it. */
interface DecidedChunk {
  readonly chunk: DecodedChunk;
  readonly outcome: Outcome;
  /** Of the chunk's partition. */
  readonly names: NamesOfSecond;
}

/** What happened in each second, one document per second, topic and partition; see `Rollup`. */
export class Rollups {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Adds what became of some chunks, each of another partition, inside a transaction. */
  async add(chunks: readonly DecidedChunk[], storedAtMs: number, session: ClientSession): Promise<void> {
    await updateMany(this.#db, COLLECTIONS.rollups, additionsOf(chunks, storedAtMs), session);
  }
}

/** The update of each chunk's rollup, which makes it if there is none; the names take it for carried out. */
export function additionsOf(chunks: readonly DecidedChunk[], storedAtMs: number): UpdateStatement[] {
  return chunks.map(({ chunk, outcome, names }) => {
    const { id, update } = rollupUpdate(chunk, outcome, storedAtMs, names);
    return { q: { _id: id }, u: update, upsert: true };
  });
}
