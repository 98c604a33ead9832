import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, makeOnce } from "../../stack/cache-folder.ts";
import { downloadJars } from "../../stack/download-jars.ts";
import { findJava } from "../../stack/find-java.ts";
import { freePort } from "../../stack/free-port.ts";
import type { Progress } from "../../stack/progress.ts";
import type { ContestantSink, SinkPlace } from "./contestant-sink.ts";

const POM = join(import.meta.dir, "connect", "pom.xml");
const LOG4J = join(import.meta.dir, "connect", "log4j2.xml");
const STRATEGY = "com.mongodb.kafka.connect.sink.writemodel.strategy";
const STRING_CONVERTER = "org.apache.kafka.connect.storage.StringConverter";

/** The names of Connect's rows. */
export const CONNECT = {
  byDefault: "Kafka Connect, its defaults",
  fastest: "Kafka Connect, fastest (ends at redelivery): InsertOne, unordered, 5,000 a poll, StringConverter, 3 tasks",
  safe: "Kafka Connect, safe on redelivery: ReplaceOne by id, StringConverter, 3 tasks",
} as const;

const BY_ID = {
  "document.id.strategy": "com.mongodb.kafka.connect.sink.processor.id.strategy.PartialValueStrategy",
  "document.id.strategy.partial.value.projection.list": "transaction_id",
  "document.id.strategy.partial.value.projection.type": "AllowList",
};
const FAST = { "tasks.max": "3", "value.converter": STRING_CONVERTER, "consumer.override.max.poll.records": "5000" };
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [CONNECT.byDefault]: {},
  [CONNECT.fastest]: {
    ...FAST,
    ...BY_ID,
    "writemodel.strategy": `${STRATEGY}.InsertOneDefaultStrategy`,
    "bulk.write.ordered": "false",
  },
  [CONNECT.safe]: { ...FAST, ...BY_ID, "writemodel.strategy": `${STRATEGY}.ReplaceOneDefaultStrategy` },
};

/** Kafka Connect with MongoDB's connector in three settings; fetched into the user's cache at first use. */
export async function kafkaConnect(progress: Progress): Promise<ContestantSink[]> {
  const java = await findJava(progress);
  const key = createHash("sha256").update(readFileSync(POM)).digest("hex").slice(0, 8);
  const jars = await makeOnce(join(cacheFolder(), `connect-${key}`), (folder) =>
    downloadJars({ what: "Kafka Connect and MongoDB's connector", pom: POM, java, folder, progress }),
  );
  const classpath = readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name))
    .join(":");
  return Object.entries(SETTINGS).map(([name, settings]) => ({
    name,
    ...(name === CONNECT.byDefault && { most: 100_000 }),
    prepare: async (place) => {
      const worker = join(place.folder, `${place.group}-worker.properties`);
      const sink = join(place.folder, `${place.group}-sink.properties`);
      await Bun.write(worker, propertiesOf(await workerOf(place)));
      await Bun.write(sink, propertiesOf({ ...sinkOf(place), ...settings }));
      return {
        command: [
          // The heap that connect-standalone.sh gives.
          ...[java.binary, "-Xms256M", "-Xmx2G", `-Dlog4j2.configurationFile=${LOG4J}`, "-cp", classpath],
          ...["org.apache.kafka.connect.cli.ConnectStandalone", worker, sink],
        ],
      };
    },
  }));
}

async function workerOf({ broker, folder, group }: SinkPlace): Promise<Record<string, string>> {
  return {
    "bootstrap.servers": broker,
    "key.converter": STRING_CONVERTER,
    "value.converter": "org.apache.kafka.connect.json.JsonConverter",
    "value.converter.schemas.enable": "false",
    "offset.storage.file.filename": join(folder, `${group}.offsets`),
    listeners: `http://127.0.0.1:${await freePort()}`,
  };
}

function sinkOf({ topics, mongoUri, database, group }: SinkPlace): Record<string, string> {
  return {
    name: group,
    "connector.class": "com.mongodb.kafka.connect.MongoSinkConnector",
    topics: topics.join(","),
    "connection.uri": `${mongoUri}&w=majority&journal=true`,
    database,
    collection: "transactions",
  };
}

function propertiesOf(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}
