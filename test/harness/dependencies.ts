import { GenericContainer, Network, type StartedNetwork, type StartedTestContainer, Wait } from "testcontainers";
import { docker } from "./docker.ts";
import { QUICK_JAVA } from "./quick-java.ts";
import { PROJECT } from "./service-process.ts";
import { until } from "./until.ts";

/** Kafka, MongoDB and Mockoon in containers, on a network of their own. */
export interface Dependencies extends AsyncDisposable {
  readonly network: StartedNetwork;
  /** How a service on that network finds them. */
  readonly env: Readonly<Record<string, string>>;
  /** How many documents a collection of `mocked_data` holds. */
  count(collection: string): Promise<number>;
}

const DATABASE_URI = "mongodb://mongo:27017/?replicaSet=rs0";

/** Starts the three, at once. */
export async function startDependencies(): Promise<Dependencies> {
  const network = await new Network().start();
  const started: StartedTestContainer[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(started.map((container) => container.stop({ timeout: 1_000 })));
    await network.stop();
  };
  const start = async (container: GenericContainer): Promise<StartedTestContainer> => {
    const running = await container.withNetwork(network).withStartupTimeout(120_000).start();
    started.push(running);
    return running;
  };
  try {
    const [kafka, mongo] = await Promise.all([
      start(
        new GenericContainer("apache/kafka:4.3.0")
          .withNetworkAliases("kafka")
          .withEnvironment({
            KAFKA_NODE_ID: "1",
            KAFKA_PROCESS_ROLES: "broker,controller",
            KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
            KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
            KAFKA_LISTENERS: "PLAINTEXT://:9092,CONTROLLER://:9093",
            KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://kafka:9092",
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: "3",
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
            KAFKA_JVM_PERFORMANCE_OPTS: QUICK_JAVA,
          })
          .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)),
      ),
      start(
        new GenericContainer("mongo:8.0")
          .withNetworkAliases("mongo")
          .withCommand(["mongod", "--replSet", "rs0", "--bind_ip_all"])
          .withWaitStrategy(Wait.forLogMessage(/Waiting for connections/)),
      ),
      start(
        new GenericContainer("mockoon/cli:9.9.0")
          .withNetworkAliases("mockoon")
          .withCopyFilesToContainer([{ source: `${PROJECT}/mockoon/mock-api.json`, target: "/data/mock-api.json" }])
          .withCommand(["--data", "/data/mock-api.json", "--port", "3000", "--disable-admin-api"])
          .withWaitStrategy(Wait.forLogMessage(/Server started/)),
      ),
    ]);
    const shell = (code: string): Promise<string> =>
      docker(["exec", mongo.getId(), "mongosh", "--quiet", "--eval", code]).then(({ stdout }) => stdout);
    await shell('rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] })');
    await until("MongoDB has a primary", async () => (await shell("db.hello().isWritablePrimary")).includes("true"));
    for (const topic of ["transactions-topic", "transactions_topic"]) {
      const create = ["--bootstrap-server", "kafka:9092", "--create", "--topic", topic, "--partitions", "3"];
      await docker(["exec", kafka.getId(), "/opt/kafka/bin/kafka-topics.sh", ...create]);
    }
    return {
      network,
      env: { KAFKA_BROKER: "kafka:9092", MONGO_URI: DATABASE_URI, MOCKOON_URL: "http://mockoon:3000/transactions" },
      count: async (collection) => Number(await shell(`db.getSiblingDB("mocked_data").${collection}.countDocuments()`)),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
