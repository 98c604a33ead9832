import type { Admin, ITopicConfig } from "kafkajs";

const POLL_MS = 50;
const LONGEST_MS = 30_000;

/**
 * Creates topics and waits until each of their partitions has a leader. kafkajs' own wait fails at once when the
 * broker that it asks has not heard of the new topic yet, which happens on a busy machine.
 *
 * @throws when Kafka refuses, or with its last answer after 30 s
 */
export async function createTopics(admin: Admin, topics: ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics, waitForLeaders: false });
  const names = topics.map(({ topic }) => topic);
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    try {
      const { topics: found } = await admin.fetchTopicMetadata({ topics: names });
      if (found.every(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0)))
        return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) throw new Error(`${names.join(", ")} had no leader within ${LONGEST_MS} ms`);
    await Bun.sleep(POLL_MS);
  }
}
