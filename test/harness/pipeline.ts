import { type Db, MongoClient } from "mongodb";
import { SOURCES, type Source, type SourceId } from "#contract/sources.ts";
import type { ServiceName } from "../../stack/services.ts";
import type { Account } from "../../verify/reconcile.ts";
import { verify } from "../../verify/verify.ts";
import { kafkaBroker, mockoonUrl, mongoUri } from "./servers.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import { createTopic, quietKafka, randomName } from "./topics.ts";

/** A pipeline of the test's own: topics, group and database that no other test has. */
export interface Pipeline extends AsyncDisposable {
  readonly topics: Readonly<Record<SourceId, string>>;
  /** The environment that every service of this pipeline gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly db: Db;
  /** Starts a service; it ends with the pipeline at the latest. */
  start(name: ServiceName, env?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  /** Reconciles this pipeline from independent counts, and from what the seeds predict where `expect` is set. */
  verify(expect?: boolean): Promise<Account>;
}

/** Servers other than the shared ones, for tests that break them. */
export interface PipelineServers {
  readonly broker?: string;
  readonly mongo?: string;
  readonly mockoon?: string;
  /** Leave the topics to the test, which has no broker yet, say. */
  readonly withoutTopics?: boolean;
  /** The topics' real names, for a broker that nobody shares. */
  readonly withRealNames?: boolean;
}

/** Makes a pipeline without services yet. */
export async function createPipeline(servers: PipelineServers = {}): Promise<Pipeline> {
  const broker = servers.broker ?? (await kafkaBroker());
  const uri = withDatabase(servers.mongo ?? (await mongoUri()), randomName("db"));
  const nameOf = servers.withRealNames ? (name: string): string => name : randomName;
  const topics = recordOf((source) => [source.id, nameOf(source.topic)]);
  if (!servers.withoutTopics) for (const topic of Object.values(topics)) await createTopic(broker, topic);
  const env = {
    KAFKA_BROKER: broker,
    MONGO_URI: uri,
    MOCKOON_URL: servers.mockoon ?? (await mockoonUrl()),
    ...recordOf((source) => [source.topicVariable, topics[source.id]]),
    CONSUMER_GROUP: randomName("group"),
    RATE: "0",
  };
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 30_000 });
  const db = client.db();
  const started = new Map<ServiceName, ServiceProcess>();
  const services: ServiceProcess[] = [];
  return {
    topics,
    env,
    db,
    start: async (name, more = {}) => {
      const service = await startService(name, { ...env, ...more });
      services.push(service);
      started.set(name, service);
      return service;
    },
    verify: (expect = false) =>
      verify({
        expect,
        kafka: quietKafka(broker),
        mongoUri: uri,
        topics,
        urls: recordOf(({ id, service }) => [id, started.get(service)?.url ?? "http://127.0.0.1:1"]),
        onProgress: () => undefined,
      }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
      await db.dropDatabase().catch(() => undefined);
      await client.close();
    },
  };
}

function recordOf<Key extends string>(entryOf: (source: Source) => [Key, string]): Record<Key, string> {
  return Object.fromEntries(SOURCES.map(entryOf)) as Record<Key, string>;
}

/** A MongoDB URI with another database in its path. */
export function withDatabase(uri: string, database: string): string {
  return uri.replace(/^(mongodb:\/\/[^/]+)\/[^?]*/, `$1/${database}`);
}
