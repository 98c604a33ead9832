import type { Kafka } from "kafkajs";

/** What Kafka itself says of one partition. */
export interface KafkaPartition {
  readonly topic: string;
  readonly partition: number;
  /** The first offset that is still there. */
  readonly low: number;
  /** The offset that the next record will get. */
  readonly end: number;
}

/** Asks the brokers for the offsets of every partition; a topic that does not exist has none. */
export async function countKafka(kafka: Kafka, topics: readonly string[]): Promise<KafkaPartition[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const counted: KafkaPartition[] = [];
    for (const topic of topics) {
      if (!existing.has(topic)) continue;
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        counted.push({ topic, partition, low: Number(low), end: Number(high) });
      }
    }
    return counted.sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
  } finally {
    await admin.disconnect();
  }
}
