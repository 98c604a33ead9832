/**
 * Sends pre-made records with kafkajs as it comes: its own partitioner, 1,000 records a send, one send at a time.
 * Arguments: broker, topic, file with one record a line, number of records. Prints seconds as JSON.
 */
import { Kafka, logLevel } from "kafkajs";

const [broker = "", topic = "", path = "", count = "0"] = process.argv.slice(2);
const messages = (await Bun.file(path).text())
  .trimEnd()
  .split("\n")
  .map((value) => ({ key: (JSON.parse(value) as { transaction_id: string }).transaction_id, value }));
const producer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).producer();
await producer.connect();
await producer.send({ topic, messages: messages.slice(0, 1), acks: -1 });

const started = performance.now();
for (let sent = 0; sent < Number(count); sent += 1_000) {
  const from = sent % messages.length;
  await producer.send({ topic, messages: messages.slice(from, from + 1_000), acks: -1 });
}
process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - started) / 1000 })}\n`);
await producer.disconnect();
