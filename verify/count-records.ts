import type { Kafka } from "kafkajs";

/** A stretch of one partition. */
export interface Stretch {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  /** Not included. */
  readonly to: number;
}

/**
 * Counts the records that Kafka really holds in a stretch by reading it. Offsets without a record for a reader
 * (compacted, transaction markers, aborted transactions) are not counted. Takes about a second per 100,000 records.
 *
 * @param onProgress - called with the number of records read so far
 */
export async function countRecords(
  kafka: Kafka,
  stretch: Stretch,
  onProgress: (read: number) => void,
): Promise<number> {
  const { topic, partition, from, to } = stretch;
  if (from >= to) return 0;
  const groupId = `verify-${crypto.randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let read = 0;
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    // Batches that hold markers only never reach eachBatch; their end does through this event.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.topic === topic && payload.partition === partition && Number(payload.lastOffset) >= to - 1)
        resolve(read);
    });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch, resolveOffset, heartbeat }) => {
        if (batch.partition === partition) {
          for (const { offset } of batch.messages) if (Number(offset) >= from && Number(offset) < to) read++;
          onProgress(read);
        }
        resolveOffset(batch.lastOffset());
        await heartbeat();
      },
    });
    consumer.seek({ topic, partition, offset: String(from) });
    return await promise;
  } finally {
    await consumer.disconnect();
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}
