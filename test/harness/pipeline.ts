import { type Db, MongoClient } from "mongodb";
import type { Account } from "../../verify/reconcile.ts";
import { verify } from "../../verify/verify.ts";
import { kafkaBroker, mockoonUrl, mongoUri } from "./servers.ts";
import { type ServiceProcess, startService } from "./service-process.ts";
import { createTopic, quietKafka, randomName } from "./topics.ts";

/** Services that a test can have. */
export type ServiceName = "producer" | "producer-mockoon" | "consumer" | "dashboard";

/** A pipeline of the test's own: topics, group and database that no other test has. */
export interface Pipeline extends AsyncDisposable {
  readonly topics: { readonly faker: string; readonly mockoon: string };
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
}

/** Makes a pipeline without services yet. */
export async function createPipeline(servers: PipelineServers = {}): Promise<Pipeline> {
  const broker = servers.broker ?? (await kafkaBroker());
  const uri = withDatabase(servers.mongo ?? (await mongoUri()), randomName("db"));
  const topics = { faker: randomName("faker-topic"), mockoon: randomName("mockoon_topic") };
  if (!servers.withoutTopics) for (const topic of Object.values(topics)) await createTopic(broker, topic);
  const env = {
    KAFKA_BROKER: broker,
    MONGO_URI: uri,
    MOCKOON_URL: servers.mockoon ?? (await mockoonUrl()),
    FAKER_TOPIC: topics.faker,
    MOCKOON_TOPIC: topics.mockoon,
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
        urls: {
          faker: started.get("producer")?.url ?? "http://127.0.0.1:1",
          mockoon: started.get("producer-mockoon")?.url ?? "http://127.0.0.1:1",
        },
        onProgress: () => undefined,
      }),
    [Symbol.asyncDispose]: async () => {
      for (const service of services.reverse()) await service[Symbol.asyncDispose]();
      await db.dropDatabase().catch(() => undefined);
      await client.close();
    },
  };
}

/** A MongoDB URI with another database in its path. */
export function withDatabase(uri: string, database: string): string {
  return uri.replace(/^(mongodb:\/\/[^/]+)\/[^?]*/, `$1/${database}`);
}
