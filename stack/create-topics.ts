import { type Admin, type ITopicConfig, KafkaJSError, KafkaJSNumberOfRetriesExceeded } from "kafkajs";

const POLL_MS = 50;
const LONGEST_MS = 30_000;

/**
 * Creates topics and waits until each of their partitions has a leader. Fine to call for topics that exist.
 *
 * @throws when Kafka refuses, or with its last answer after 30 s
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  const names = topics.map(({ topic }) => topic);
  const deadline = performance.now() + LONGEST_MS;
  // A broker that has just started, or woken, may not know itself yet: it names no controller, and no broker to connect
  // to. kafkajs tries neither again.
  await untilDone(deadline, isPassing, () => admin.createTopics({ topics, waitForLeaders: false }));
  // kafkajs' own wait fails at once when the broker that it asks has not heard of the new topic yet.
  await untilDone(deadline, always, async () => {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: names });
    const led = found.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0));
    if (!led) throw new Error(`${names.join(", ")} had no leader within ${LONGEST_MS} ms`);
  });
}

const always = (): boolean => true;
// That kafkajs gave up connecting says nothing about the next second.
const isPassing = (error: unknown): boolean =>
  error instanceof KafkaJSNumberOfRetriesExceeded || (error instanceof KafkaJSError && error.retriable);

async function untilDone(
  deadline: number,
  mayPass: (error: unknown) => boolean,
  attempt: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!mayPass(error) || performance.now() > deadline) throw error;
      await Bun.sleep(POLL_MS);
    }
  }
}
