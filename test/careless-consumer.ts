import { type Binary, type Db, MongoClient } from "mongodb";
import { COLLECTIONS, DATABASE, type DeadLetter, type LedgerEntry, ledgerId } from "#contract/storage.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { databaseOf } from "#runtime/mongo-database.ts";
import { mongoUriOf } from "#runtime/mongo-variables.ts";
import { runService } from "#runtime/service.ts";
import { createConsumerApp } from "../consumer/app.ts";
import { CONSUMER_VARIABLES } from "../consumer/config.ts";
import { DeadLetters } from "../consumer/dead-letters.ts";
import { decodeChunk } from "../consumer/decode.ts";
import { LedgerReporter } from "../consumer/ledger-report.ts";
import { PreparedSink } from "../consumer/prepared-sink.ts";
import { Reader } from "../consumer/reader.ts";
import { ReaderMetrics } from "../consumer/reader-metrics.ts";
import type { Chunk } from "../consumer/record.ts";
import { Resend } from "../consumer/resend.ts";
import type { Claim, Sink, Written } from "../consumer/sink.ts";
import { MongoSink } from "../consumer/sink-mongo.ts";

/** How long a chunk is called written before it is: a kill at any moment loses what was read in the time before it. */
const GAP_MS = 250;

/** What has been said of a partition, and how many of its chunks are still to be written. */
interface Promised {
  nextOffset: number;
  chunks: number;
}

/**
 * The mistake of many consumers: says that it has read a chunk, and writes it later. Killed in between, it loses it.
 *
 * Only a partition's last record is not owned up to while anything is still to be written: a ledger that has come to
 * the end of the log thus has everything behind it, and what a drill then counts as missing stays missing.
 */
class CarelessSink implements Sink {
  readonly #db: Db;
  readonly #claims: Sink;
  readonly #promised = new Map<Claim, Promised>();

  constructor(db: Db, claims: Sink) {
    this.#db = db;
    this.#claims = claims;
  }

  claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    return this.#claims.claim(topic, partition, firstOffset);
  }

  async write(claim: Claim, chunk: Chunk): Promise<Written> {
    const { transactions } = decodeChunk(chunk);
    const promised = this.#promised.get(claim) ?? { nextOffset: chunk.fromOffset, chunks: 0 };
    this.#promised.set(claim, promised);
    promised.chunks++;
    claim.nextOffset = chunk.nextOffset;
    await this.#say(claim, promised, chunk.nextOffset - 1);
    setTimeout(async () => {
      await this.#store(chunk, transactions);
      if (--promised.chunks === 0) await this.#say(claim, promised, claim.nextOffset);
    }, GAP_MS);
    return { kind: "written", stored: transactions.length, duplicates: 0, deadLettered: 0, reasons: {} };
  }

  /** In the test every record is a transaction. */
  async #say({ topic, partition }: Claim, promised: Promised, nextOffset: number): Promise<void> {
    const stored = nextOffset - promised.nextOffset;
    promised.nextOffset = nextOffset;
    await this.#db
      .collection<LedgerEntry>(COLLECTIONS.ledger)
      .updateOne({ _id: ledgerId(topic, partition) }, { $inc: { nextOffset: stored, stored } });
  }

  async #store({ topic, partition }: Chunk, transactions: ReturnType<typeof decodeChunk>["transactions"]) {
    const writes = transactions.map(({ id, record: { offset } }) => {
      const document = { _id: id, ingest: { topic, partition, offset } };
      return { replaceOne: { filter: { _id: id }, replacement: document, upsert: true } };
    });
    if (writes.length > 0) await this.#db.collection<{ _id: string }>(COLLECTIONS.transactions).bulkWrite(writes);
  }
}

// For the test that drills can fail: the consumer as it is, but with that sink.
runService({
  name: "consumer",
  version: "test",
  variables: CONSUMER_VARIABLES,
  start(config, ground) {
    const { log, readiness } = ground;
    const kafka = createKafka(config, "consumer", log);
    const uri = mongoUriOf(config);
    const client = new MongoClient(uri);
    const db = client.db(databaseOf(uri, DATABASE));
    const retention = { rollupHours: config.ROLLUP_HOURS, deadLetterDays: config.DEAD_LETTER_DAYS };
    const claims = new PreparedSink(db, retention, new MongoSink(client, db, String(process.pid)));
    const sources = { [config.FAKER_TOPIC]: "faker", [config.MOCKOON_TOPIC]: "mockoon" } as const;
    const sink = new CarelessSink(db, claims);
    const metrics = new ReaderMetrics(ground.metrics);
    const reader = new Reader({ kafka, group: config.CONSUMER_GROUP, sources, sink, log, readiness, metrics });
    ground.onStop("mongodb", () => client.close());
    ground.onStop("reader", () => reader.stop());
    reader.start();
    return createConsumerApp({
      ...ground,
      ...ground.guard,
      ledger: new LedgerReporter(db.collection(COLLECTIONS.ledger), kafka, Object.keys(sources)),
      deadLetters: new DeadLetters(db.collection<DeadLetter<Binary>>(COLLECTIONS.deadLetters), new Resend(kafka).send),
    });
  },
});
