import "./health.ts";

import { type Decimal128, MongoClient } from "mongodb";
import type { Rollup } from "#contract/rollup.ts";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import { COLLECTIONS, DATABASE, type LedgerEntry, type StoredTransaction } from "#contract/storage.ts";
import { EventStream } from "#runtime/event-stream.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { loggedReadiness } from "#runtime/logged-readiness.ts";
import { databaseOf } from "#runtime/mongo-database.ts";
import { mongoUriOf } from "#runtime/mongo-variables.ts";
import { runService } from "#runtime/service.ts";
import { topicsOf, urlsOf } from "#runtime/source-places.ts";
import { version } from "../package.json" with { type: "json" };
import { createDashboardApp } from "./app.ts";
import { bothParts } from "./both-parts.ts";
import { DASHBOARD_VARIABLES } from "./config.ts";
import type { Upstream } from "./forward.ts";
import { Hub } from "./hub.ts";
import { LedgerWatch } from "./ledger-watch.ts";
import { OffsetsWatch } from "./offsets-watch.ts";
import { PartStates } from "./part-states.ts";
import { RollupsWatch } from "./rollups-watch.ts";
import { Samples } from "./samples.ts";
import { ServicesWatch } from "./services-watch.ts";

runService({
  name: "dashboard",
  version,
  variables: DASHBOARD_VARIABLES,
  start(config, ground) {
    const { log, readiness } = ground;
    // kafkajs tells every try; what there is to know, the readiness of the part says once.
    const kafka = createKafka(config, "dashboard", log.level === "debug" ? log : log.child({}, { level: "error" }));
    const uri = mongoUriOf(config);
    const client = new MongoClient(uri, {
      appName: "dashboard",
      serverSelectionTimeoutMS: 2_000,
      connectTimeoutMS: 2_000,
      socketTimeoutMS: 4_000,
      maxPoolSize: 8,
    });
    const db = client.db(databaseOf(uri, DATABASE));
    const topics = topicsOf(SOURCES, config);
    const urls = { ...urlsOf(SOURCES, config), consumer: config.CONSUMER_URL };
    const token = config.API_TOKEN ?? config.API_TOKEN_FILE;
    const parts = new PartStates();
    const stream = new EventStream({ maxClients: config.MAX_STREAMS, bufferBytes: 64 * 1024 });
    const kafkaPart = bothParts(parts.of("kafka"), loggedReadiness(readiness.part("kafka"), "Kafka", log));
    const mongoPart = bothParts(parts.of("mongodb"), loggedReadiness(readiness.part("mongodb"), "MongoDB", log));
    const ledger = new LedgerWatch(
      db.collection<LedgerEntry>(COLLECTIONS.ledger),
      Object.values(topics),
      mongoPart,
      () => stream.size > 0,
      () => client.connect(),
    );
    const offsets = new OffsetsWatch(kafka, Object.values(topics), kafkaPart);
    const hub = new Hub({
      stream,
      topics,
      isTokenNeeded: token !== undefined,
      parts,
      offsets,
      ledger,
      rollups: new RollupsWatch(
        db.collection<Rollup>(COLLECTIONS.rollups),
        readiness.part("past", "what was stored before the start is not read yet"),
        (source, second) => offsets.arrivedIn(topics[source], second),
      ),
      services: new ServicesWatch(urls, (service) => parts.of(service)),
      samples: new Samples(db.collection<StoredTransaction<Decimal128>>(COLLECTIONS.transactions)),
    });
    ground.onStop("mongodb", () => client.close());
    ground.onStop("hub", () => hub.stop());
    hub.start();
    return createDashboardApp({
      ...ground,
      ...ground.guard,
      stream,
      hub,
      sources: Object.fromEntries(
        SOURCES.map(({ id, title }) => [id, { title: `the ${title} source`, url: urls[id], token }]),
      ) as Record<SourceId, Upstream>,
      consumer: { title: "the consumer", url: urls.consumer, token },
    });
  },
});
