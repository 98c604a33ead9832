import type { Db, MongoClient } from "mongodb";
import type { Reason } from "#contract/reasons.ts";
import { COLLECTIONS, type LedgerEntry, ledgerId } from "#contract/storage.ts";

/** What MongoDB holds of one partition, counted document by document. */
export interface MongoPartition {
  readonly ledger: LedgerEntry | undefined;
  readonly documents: number;
  readonly deadLetters: number;
  /** Offsets that at least one document or dead letter came from. */
  readonly distinctOffsets: number;
}

/** Everything in MongoDB at one instant. */
export interface MongoCount {
  /** By ledger id, `topic/partition`. */
  readonly partitions: ReadonlyMap<string, MongoPartition>;
  /** `countDocuments` of the whole collection. */
  readonly transactions: number;
  /** Dead letters by topic and reason. */
  readonly reasons: ReadonlyMap<string, Readonly<Partial<Record<Reason, number>>>>;
  /** Documents that do not say which record they came from. */
  readonly strangers: number;
}

interface Group {
  _id: { topic?: string; partition?: number };
  records: number;
  offsets: number;
}

/**
 * Counts documents, dead letters and the ledger in one snapshot, so that the sums hold while records go on arriving.
 */
export async function countMongo(client: MongoClient, db: Db): Promise<MongoCount> {
  const session = client.startSession({ snapshot: true });
  try {
    const ledger = await db.collection<LedgerEntry>(COLLECTIONS.ledger).find({}, { session }).toArray();
    const documents = await group(db, COLLECTIONS.transactions, "$ingest.", session);
    const deadLetters = await group(db, COLLECTIONS.deadLetters, "$", session);
    const reasons = await reasonsByTopic(db, session);
    const partitions = new Map<string, MongoPartition>();
    const known = new Map(ledger.map((entry) => [entry._id, entry]));
    for (const id of new Set([...known.keys(), ...documents.keys(), ...deadLetters.keys()])) {
      const stored = documents.get(id);
      const parked = deadLetters.get(id);
      partitions.set(id, {
        ledger: known.get(id),
        documents: stored?.records ?? 0,
        deadLetters: parked?.records ?? 0,
        distinctOffsets: (stored?.offsets ?? 0) + (parked?.offsets ?? 0),
      });
    }
    let transactions = 0;
    for (const { records } of documents.values()) transactions += records;
    return { partitions, transactions, reasons, strangers: documents.get("undefined/undefined")?.records ?? 0 };
  } finally {
    await session.endSession();
  }
}

async function reasonsByTopic(
  db: Db,
  session: ReturnType<MongoClient["startSession"]>,
): Promise<MongoCount["reasons"]> {
  const groups = db
    .collection(COLLECTIONS.deadLetters)
    .aggregate<{ _id: { topic: string; reason: Reason }; records: number }>(
      [{ $group: { _id: { topic: "$topic", reason: "$reason" }, records: { $sum: 1 } } }],
      { session },
    );
  const reasons = new Map<string, Partial<Record<Reason, number>>>();
  for (const { _id, records } of await groups.toArray())
    reasons.set(_id.topic, { ...reasons.get(_id.topic), [_id.reason]: records });
  return reasons;
}

/** One group for each offset would take twice the time and, from a million on, the disk. */
const OFFSETS_OF_A_BLOCK = 4_096;

async function group(
  db: Db,
  collection: string,
  prefix: string,
  session: ReturnType<MongoClient["startSession"]>,
): Promise<Map<string, Group>> {
  const at = { topic: `${prefix}topic`, partition: `${prefix}partition` };
  const block = { $floor: { $divide: [`${prefix}offset`, OFFSETS_OF_A_BLOCK] } };
  const groups = db.collection(collection).aggregate<Group>(
    [
      { $group: { _id: { ...at, block }, records: { $sum: 1 }, offsets: { $addToSet: `${prefix}offset` } } },
      {
        $group: {
          _id: { topic: "$_id.topic", partition: "$_id.partition" },
          records: { $sum: "$records" },
          offsets: { $sum: { $size: "$offsets" } },
        },
      },
    ],
    { session, allowDiskUse: true },
  );
  return new Map(
    (await groups.toArray()).map((row) => [ledgerId(String(row._id.topic), Number(row._id.partition)), row]),
  );
}
