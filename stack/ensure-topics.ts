import { PARTITIONS, SOURCES } from "#contract/sources.ts";
import { KAFKA_VARIABLES } from "#runtime/common-variables.ts";
import { ConfigError, EXIT_CONFIG, readConfig } from "#runtime/config.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { createLog } from "#runtime/log.ts";
import { createTopics } from "./create-topics.ts";
import { messageOf, StackError } from "./stack-error.ts";

/**
 * Creates the topics of all sources where they don't exist; one that does is left as it is.
 *
 * @param environment - `KAFKA_BROKER` and how to log in, as the services read it
 * @throws StackError when the broker does not answer or refuses
 */
export async function ensureTopics(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const config = kafkaConfig(environment);
  const log = createLog({ service: "start", level: "silent", format: "json" });
  const admin = createKafka(config, "bun-start", log).admin({ retry: { retries: 8 } });
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const topics = SOURCES.map(({ topic, topicVariable }) => environment[topicVariable] || topic)
      .filter((topic) => !existing.has(topic))
      .map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: -1 }));
    if (topics.length > 0) await createTopics(admin, topics);
  } catch (error) {
    const brokers = config.KAFKA_BROKER.join(",");
    throw new StackError(
      `the topics can't be created on ${brokers}: ${messageOf(error)}\n  do: check KAFKA_BROKER and that Kafka runs there`,
      1,
      { cause: error },
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function kafkaConfig(environment: Readonly<Record<string, string | undefined>>): ReturnType<typeof readKafka> {
  try {
    return readKafka(environment);
  } catch (error) {
    if (error instanceof ConfigError) throw new StackError(error.message, EXIT_CONFIG, { cause: error });
    throw error;
  }
}

// A function of its own for its inferred type.
const readKafka = (environment: Readonly<Record<string, string | undefined>>) =>
  readConfig("bun start", KAFKA_VARIABLES, environment);
