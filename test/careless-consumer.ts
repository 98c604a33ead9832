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

/**
 * How long a chunk is called written before it is: a kill at any moment loses what was read in the time before it.
 * Shorter than a drill waits for the ledger to stand still.
 */
const GAP_MS = 250;

/** The mistake of many consumers: says that it has read a chunk, and writes it later. Killed in between, it loses it. */
class CarelessSink implements Sink {
  readonly #db: Db;
  readonly #claims: Sink;

  constructor(db: Db, claims: Sink) {
    this.#db = db;
    this.#claims = claims;
  }

  claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    return this.#claims.claim(topic, partition, firstOffset);
  }

  async write(claim: Claim, chunk: Chunk): Promise<Written> {
    const { topic, partition, nextOffset, fromOffset, records } = chunk;
    const { transactions } = decodeChunk(chunk);
    const [stored, absent] = [transactions.length, nextOffset - fromOffset - records.length];
    await this.#db
      .collection<LedgerEntry>(COLLECTIONS.ledger)
      .updateOne({ _id: ledgerId(topic, partition) }, { $set: { nextOffset }, $inc: { stored, absent } });
    claim.nextOffset = nextOffset;
    const documents = transactions.map(({ id, record: { offset } }) => ({
      _id: id,
      ingest: { topic, partition, offset },
    }));
    if (stored > 0)
      setTimeout(
        () => void this.#db.collection<{ _id: string }>(COLLECTIONS.transactions).insertMany(documents),
        GAP_MS,
      );
    return { kind: "written", stored, duplicates: 0, deadLettered: 0, reasons: {} };
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
