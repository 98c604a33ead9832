import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { type ISocketFactory, Kafka, logLevel } from "kafkajs";
import { send } from "./harness/consumed.ts";
import { type OwnKafka, startOwnKafka } from "./harness/servers.ts";
import { createTopic } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

const COUNT = 2_000;
/** In the middle of an answer that holds a thousand records. */
const BREAKS_AFTER_BYTES = 300_000;

let kafka: OwnKafka;
beforeAll(async () => {
  kafka = await startOwnKafka();
});
afterAll(() => kafka[Symbol.asyncDispose]());

test("a connection that breaks in the middle of a large answer of Kafka is made again, and every record comes", async () => {
  const topic = `broken-${crypto.randomUUID()}`;
  await createTopic(kafka.broker, topic, 1);
  const value = "x".repeat(1_000);
  await send(
    kafka.broker,
    topic,
    Array.from({ length: COUNT }, () => ({ value, partition: 0 })),
  );
  let breaks = 0;
  const socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    let received = 0;
    socket.on("data", (bytes) => {
      received += bytes.length;
      if (breaks > 0 || received < BREAKS_AFTER_BYTES) return;
      breaks++;
      socket.destroy(new Error("reset"));
    });
    return socket;
  };
  const client = new Kafka({ brokers: [kafka.broker], socketFactory, logLevel: logLevel.NOTHING });
  const consumer = client.consumer({ groupId: topic });
  const offsets = new Set<string>();
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { offset } of batch.messages) offsets.add(offset);
      },
    });
    await until("every record has come", () => offsets.size === COUNT, 20_000);
    expect(breaks).toBe(1);
  } finally {
    await consumer.disconnect();
  }
}, 60_000);
