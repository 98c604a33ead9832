import { type Admin, Kafka, logLevel } from "kafkajs";
import { createTopics } from "../../stack/create-topics.ts";

/** A name that no other test has. */
export function randomName(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().slice(0, 8)}`;
}

/** kafkajs for a test, silent. */
export function quietKafka(broker: string): Kafka {
  return new Kafka({ brokers: [broker], clientId: "test", logLevel: logLevel.NOTHING, retry: { retries: 10 } });
}

/** Runs something with an admin client that is closed afterwards. */
export async function withAdmin<T>(broker: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = quietKafka(broker).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Creates a topic and waits until its partitions have a leader. */
export async function createTopic(
  broker: string,
  topic: string,
  numPartitions = 3,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await withAdmin(broker, (admin) => createTopics(admin, [{ topic, numPartitions, configEntries }]));
}
