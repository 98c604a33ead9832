import { type CreateCollectionOptions, type Db, MongoServerError } from "mongodb";
import { COLLECTIONS } from "#contract/storage.ts";

/** How long things are kept. */
export interface Retention {
  readonly rollupHours: number;
  /** 0 = for ever. */
  readonly deadLetterDays: number;
}

/**
 * Of the collections in which the same documents are changed by every transaction. MongoDB keeps each version of them for
 * minutes, and a page with all of them until it has 10 MB: then it writes them down in one go, which holds up whoever is
 * writing. Of smaller pages that is soon done.
 */
const OFTEN_CHANGED: CreateCollectionOptions = {
  storageEngine: { wiredTiger: { configString: "memory_page_max=1m" } },
};
const OPTIONS: Readonly<Record<string, CreateCollectionOptions>> = {
  [COLLECTIONS.ledger]: OFTEN_CHANGED,
  [COLLECTIONS.rollups]: OFTEN_CHANGED,
};

const NAMESPACE_EXISTS = 48;
const INDEX_OPTIONS_CONFLICT = 85;

/**
 * Makes collections and indexes where they are missing, outside of any transaction; several consumers may do so at
 * once. A retention that changed is changed.
 */
export async function prepareStore(db: Db, { rollupHours, deadLetterDays }: Retention): Promise<void> {
  for (const name of Object.values(COLLECTIONS)) await createCollection(db, name, OPTIONS[name]);
  // The order in which letters are listed.
  await db.collection(COLLECTIONS.deadLetters).createIndex({ dead_lettered_at: 1, _id: 1 });
  await keepFor(db, COLLECTIONS.rollups, "second", rollupHours * 3_600);
  if (deadLetterDays > 0) await keepFor(db, COLLECTIONS.deadLetters, "dead_lettered_at", deadLetterDays * 86_400);
  else await keepForEver(db, COLLECTIONS.deadLetters, "dead_lettered_at_1");
}

async function createCollection(db: Db, name: string, options?: CreateCollectionOptions): Promise<void> {
  try {
    await db.createCollection(name, options);
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    if (error.code === NAMESPACE_EXISTS) return;
    if (options === undefined) throw error;
    // Not every host lets its users choose.
    await createCollection(db, name);
  }
}

async function keepFor(db: Db, collection: string, field: string, expireAfterSeconds: number): Promise<void> {
  try {
    await db.collection(collection).createIndex({ [field]: 1 }, { expireAfterSeconds });
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === INDEX_OPTIONS_CONFLICT)) throw error;
    await db.command({ collMod: collection, index: { keyPattern: { [field]: 1 }, expireAfterSeconds } });
  }
}

/**
 * Dropping an index, also one that is not there, waits for every transaction that is open on the collection, such as
 * one that a killed consumer left behind, and lets all others wait meanwhile. So it is looked for first.
 */
async function keepForEver(db: Db, collection: string, index: string): Promise<void> {
  const indexes = await db.collection(collection).listIndexes().toArray();
  if (!indexes.some(({ name }) => name === index)) return;
  await db
    .collection(collection)
    .dropIndex(index)
    .catch(() => undefined);
}
