import "./health.ts";

import { hostname } from "node:os";
import type { Binary } from "mongodb";
import { SOURCES } from "#contract/sources.ts";
import { COLLECTIONS, DATABASE, type DeadLetter, type LedgerEntry } from "#contract/storage.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { databaseOf } from "#runtime/mongo-database.ts";
import { mongoUriOf } from "#runtime/mongo-variables.ts";
import { runService } from "#runtime/service.ts";
import { topicsOf } from "#runtime/source-places.ts";
import { version } from "../package.json" with { type: "json" };
import { createConsumerApp } from "./app.ts";
import { CONSUMER_VARIABLES } from "./config.ts";
import { DeadLetters } from "./dead-letters.ts";
import { LedgerReporter } from "./ledger-report.ts";
import { createMongoClient } from "./mongo-client.ts";
import { PreparedSink } from "./prepared-sink.ts";
import { Reader } from "./reader.ts";
import { ReaderMetrics } from "./reader-metrics.ts";
import { Resend } from "./resend.ts";
import { MongoSink } from "./sink-mongo.ts";
import { TracedSink } from "./traced-sink.ts";

runService({
  name: "consumer",
  version,
  variables: CONSUMER_VARIABLES,
  start(config, ground) {
    const { log, readiness } = ground;
    const kafka = createKafka(config, "consumer", log);
    const uri = mongoUriOf(config);
    const client = createMongoClient(uri, "consumer");
    const db = client.db(databaseOf(uri, DATABASE));
    const owner = `${hostname()}:${process.pid}`;
    const retention = { rollupHours: config.ROLLUP_HOURS, deadLetterDays: config.DEAD_LETTER_DAYS };
    const store = new MongoSink(client, db, owner);
    const { tracing } = ground;
    const sink = new PreparedSink(
      db,
      retention,
      tracing === undefined ? store : new TracedSink(store, tracing, db.databaseName),
    );
    const topics = topicsOf(SOURCES, config);
    const sources = Object.fromEntries(SOURCES.map(({ id }) => [topics[id], id]));
    const metrics = new ReaderMetrics(ground.metrics);
    const reader = new Reader({ kafka, group: config.CONSUMER_GROUP, sources, sink, log, readiness, metrics });
    const resend = new Resend(kafka);
    ground.onStop("mongodb", () => client.close());
    ground.onStop("replays", () => resend.stop());
    ground.onStop("reader", () => reader.stop());
    reader.start();
    return createConsumerApp({
      ...ground,
      ...ground.guard,
      ledger: new LedgerReporter(db.collection<LedgerEntry>(COLLECTIONS.ledger), kafka, Object.keys(sources)),
      deadLetters: new DeadLetters(db.collection<DeadLetter<Binary>>(COLLECTIONS.deadLetters), resend.send),
    });
  },
});
