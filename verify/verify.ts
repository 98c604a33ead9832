import type { Kafka } from "kafkajs";
import { MongoClient } from "mongodb";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import { COLLECTIONS, DATABASE, type LedgerEntry, ledgerId } from "#contract/storage.ts";
import { databaseOf } from "#runtime/mongo-database.ts";
import { countKafka, type KafkaPartition } from "./count-kafka.ts";
import { countMongo, type MongoCount } from "./count-mongo.ts";
import { countRecords } from "./count-records.ts";
import { countSources } from "./count-sources.ts";
import { expectationCheck, type Found } from "./expectation.ts";
import { type ExpectedRun, runsOfSources, type UnknownRun } from "./expected-run.ts";
import { type Account, type Line, linesOf, reconcile, unexplainedAbsences } from "./reconcile.ts";

/** What to reconcile. */
export interface VerifyOptions {
  readonly kafka: Kafka;
  readonly mongoUri: string;
  /** Topics by source. */
  readonly topics: Readonly<Record<SourceId, string>>;
  /** HTTP addresses by source. */
  readonly urls: Readonly<Record<SourceId, string>>;
  /** How long the consumer may take to reach the offsets that Kafka had at the beginning. @default 30,000 */
  readonly catchUpMs?: number;
  /** Predict from the seed what must be there: `true` asks the sources what they made. @default false */
  readonly expect?: boolean | ExpectedRun;
  /** Told what is being done, for a person who waits. */
  readonly onProgress: (what: string) => void;
}

const POLL_MS = 100;

/**
 * Reconciles a pipeline, also one that is running: takes Kafka's end offsets, waits until the ledger has passed them,
 * then counts MongoDB in one snapshot.
 *
 * @throws when Kafka or MongoDB can't be reached
 */
export async function verify(options: VerifyOptions): Promise<Account> {
  const { kafka, topics, onProgress } = options;
  const client = new MongoClient(options.mongoUri, { serverSelectionTimeoutMS: 5_000 });
  try {
    const db = client.db(databaseOf(options.mongoUri, DATABASE));
    const sources = (await countSources(options.urls)).map((source) => ({ ...source, topic: topics[source.id] }));
    const runs = await runsToExpect(options);
    onProgress("asking Kafka for its offsets");
    const offsets = await countKafka(
      kafka,
      SOURCES.map(({ id }) => topics[id]),
    );
    // As the majority has it: what is counted below is counted in such a state.
    const ledger = db.collection<LedgerEntry>(COLLECTIONS.ledger, { readConcern: { level: "majority" } });
    await untilRead(ledger, offsets, options);
    onProgress("counting documents in MongoDB");
    const mongo = await countMongo(client, db);
    const after = await countKafka(
      kafka,
      SOURCES.map(({ id }) => topics[id]),
    );
    const held = new Map<string, number>();
    for (const { topic, partition, firstOffset, nextOffset } of unexplainedAbsences(linesOf(offsets, mongo), offsets)) {
      const end = after.find((at) => at.topic === topic && at.partition === partition)?.end ?? nextOffset;
      const stretch = { topic, partition, from: firstOffset, to: Math.min(nextOffset, end) };
      const read = await countRecords(kafka, stretch, (count) =>
        onProgress(`reading ${topic}/${partition} again, where offsets are called absent: ${count} records`),
      );
      held.set(ledgerId(topic, partition), read);
    }
    const account = reconcile({ kafka: offsets, after, mongo, sources, held });
    if (runs.length === 0) return account;
    const later = options.expect === true ? await runsOfSources(options.urls) : [];
    const expected = runs.map((run) =>
      expectationCheck(
        run,
        later.find(({ id }) => id === run.id),
        foundOf(topics[run.id], account.lines, mongo),
      ),
    );
    const checks = [...account.checks, ...expected];
    return { ...account, checks, ok: checks.every(({ ok }) => ok) };
  } finally {
    await client.close();
  }
}

async function runsToExpect({ expect = false, urls }: VerifyOptions): Promise<(ExpectedRun | UnknownRun)[]> {
  if (expect === false) return [];
  return expect === true ? runsOfSources(urls) : [expect];
}

function foundOf(topic: string, lines: readonly Line[], mongo: MongoCount): Found {
  const found = { records: 0, stored: 0, duplicates: 0, deadLettered: 0 };
  for (const line of lines) {
    if (line.topic !== topic) continue;
    found.records += line.stored + line.duplicates + line.deadLettered;
    found.stored += line.stored;
    found.duplicates += line.duplicates;
    found.deadLettered += line.deadLettered;
  }
  return { ...found, reasons: mongo.reasons.get(topic) ?? {} };
}

interface Readable {
  find(filter: object): { toArray(): Promise<LedgerEntry[]> };
}

/** Waits until the ledger has reached Kafka's offsets, or until it stands still for the whole deadline. */
async function untilRead(ledger: Readable, kafka: readonly KafkaPartition[], options: VerifyOptions): Promise<void> {
  const patienceMs = options.catchUpMs ?? 30_000;
  let best = Number.POSITIVE_INFINITY;
  let improvedAt = performance.now();
  for (;;) {
    const next = new Map((await ledger.find({}).toArray()).map((entry) => [entry._id, entry.nextOffset]));
    let behind = 0;
    for (const { topic, partition, low, end } of kafka) {
      behind += Math.max(0, end - (next.get(ledgerId(topic, partition)) ?? low));
    }
    if (behind === 0) return;
    if (behind < best) {
      best = behind;
      improvedAt = performance.now();
    }
    const waitedMs = performance.now() - improvedAt;
    // Standing still that long is an answer: the account will say what is missing.
    if (waitedMs > patienceMs) return;
    options.onProgress(`waiting for the consumer: ${behind} records behind`);
    await Bun.sleep(POLL_MS);
  }
}
