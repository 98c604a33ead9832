/**
 * Sends pre-made records the way our sources do: `runtime/publisher.ts`, four sends of 500 in flight.
 * Arguments: broker, topic, file with one record a line, number of records. Prints seconds as JSON.
 */
import { Kafka, logLevel } from "kafkajs";
import { EVENT_TYPE, eventSourceOf } from "#contract/cloud-event.ts";
import { MOST_RECORDS, Publisher } from "#runtime/publisher.ts";

const [broker = "", topic = "", path = "", count = "0"] = process.argv.slice(2);
const records = (await Bun.file(path).text())
  .trimEnd()
  .split("\n")
  .map((line) => ({ key: (JSON.parse(line) as { transaction_id: string }).transaction_id, value: Buffer.from(line) }));
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
const publisher = new Publisher(kafka, topic, { source: eventSourceOf("faker"), type: EVENT_TYPE });
await publisher.send(records.slice(0, 1), Date.now());

const started = performance.now();
let next = 0;
const lane = async (): Promise<void> => {
  while (next < Number(count)) {
    const from = next % records.length;
    const batch = records.slice(from, from + Math.min(MOST_RECORDS, Number(count) - next));
    next += batch.length;
    await publisher.send(batch, Date.now());
  }
};
await Promise.all([lane(), lane(), lane(), lane()]);
process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - started) / 1000 })}\n`);
await publisher.stop();
