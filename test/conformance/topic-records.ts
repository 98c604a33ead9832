import { quietKafka, randomName, withAdmin } from "../harness/topics.ts";
import { until } from "../harness/until.ts";

/** A record as it is in Kafka. */
export interface TopicRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  /** As text. */
  readonly headers: Readonly<Record<string, string>>;
  /** The record's timestamp in ms since 1970. */
  readonly timestampMs: number;
}

/** Every record that a topic holds now, read by a client of its own. */
export async function topicRecords(broker: string, topic: string): Promise<TopicRecord[]> {
  const ends = await withAdmin(broker, (admin) => admin.fetchTopicOffsets(topic));
  const total = ends.reduce((sum, { high }) => sum + Number(high), 0);
  if (total === 0) return [];
  const records: TopicRecord[] = [];
  const consumer = quietKafka(broker).consumer({
    groupId: randomName("reader"),
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 50,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        const { key, value } = message;
        const headers = Object.entries(message.headers ?? {}).map(([name, bytes]) => [name, String(bytes)] as const);
        records.push({
          ...{ partition, offset: Number(message.offset), timestampMs: Number(message.timestamp), value },
          key: key === null ? null : String(key),
          headers: Object.fromEntries(headers),
        });
      },
    });
    await until(`${total} records of ${topic} are read`, () => records.length >= total, 60_000);
  } finally {
    await consumer.disconnect();
  }
  return records;
}

/** How many records a topic holds. */
export async function recordCount(broker: string, topic: string): Promise<number> {
  const ends = await withAdmin(broker, (admin) => admin.fetchTopicOffsets(topic));
  return ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}
