import { faker } from "@faker-js/faker/locale/en_US";
import { Kafka, logLevel } from "kafkajs";
import { EVENT_TYPE, eventSourceOf } from "#contract/cloud-event.ts";
import { MOST_RECORDS, Publisher } from "#runtime/publisher.ts";
import { Catalogue } from "../../producer/catalogue.ts";
import { Generator } from "../../producer/generator.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";

const SEED = 1;
const LANES = 4;

/** What our sources write of themselves into every record. */
export const EVENT: { readonly source: string; readonly type: string } = {
  source: eventSourceOf("faker"),
  type: EVENT_TYPE,
};

const TIMESTAMP = new Date().toISOString();

let generator: Generator | undefined;

/** Random ids are what most sources send, and the harder case for MongoDB; ordered ones are what ours makes. */
export type Ids = "random" | "ordered";

/** Transaction number n of the benchmarks, always the same but for its time and a random id. */
export function transactionAt(index: number, ids: Ids = "random"): { readonly id: string; readonly json: string } {
  generator ??= new Generator(SEED, new Catalogue(SEED, faker));
  const made = generator.make(index, TIMESTAMP);
  if (ids === "ordered") return made;
  const id = `TXN-${crypto.randomUUID()}`;
  return { id, json: made.json.replace(made.id, id) };
}

/** Makes topics, and an empty one beside the first, and sends different transactions to them in turn. */
export async function preload(
  broker: string,
  count: number,
  options: {
    readonly topics?: number;
    readonly partitions?: number;
    readonly ids?: Ids;
    /** Makes something else of each value. */
    readonly spoil?: (json: string) => string;
  } = {},
): Promise<string[]> {
  const { topics = 1, partitions = 3, ids = "random", spoil = (json) => json } = options;
  const names = Array.from({ length: topics }, () => randomName("bench"));
  for (const name of names) await createTopic(broker, name, partitions);
  await createTopic(broker, `${names[0]}-empty`, 1);
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const publishers = names.map((name) => new Publisher(kafka, name, EVENT));
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const first = next;
      next = Math.min(count, next + MOST_RECORDS);
      const records = Array.from({ length: next - first }, (_, index) => {
        const { id, json } = transactionAt(first + index, ids);
        return { key: id, value: Buffer.from(spoil(json)) };
      });
      await publishers[Math.floor(first / MOST_RECORDS) % topics]?.send(records, Date.now());
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const publisher of publishers) await publisher.stop();
  return names;
}
