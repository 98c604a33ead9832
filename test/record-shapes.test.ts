import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Message } from "kafkajs";
import type { Binary } from "mongodb";
import { COLLECTIONS, type DeadLetter, deadLetterId, type StoredTransaction } from "#contract/storage.ts";
import { countRecords } from "../verify/count-records.ts";
import { transactionOf } from "./conformance/sink.ts";
import { batchesIn } from "./harness/broken-log.ts";
import { ledgerOf, send, untilRead } from "./harness/consumed.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { type OwnKafka, startOwnKafka } from "./harness/servers.ts";
import { createTopic, quietKafka } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

const MIB = 1024 * 1024;
/** Of a topic, so that it is compacted at once. */
const COMPACTED = {
  "cleanup.policy": "compact",
  "segment.ms": "100",
  "min.cleanable.dirty.ratio": "0.01",
  "delete.retention.ms": "0",
};

let kafka: OwnKafka;
beforeAll(async () => {
  kafka = await startOwnKafka({
    "message.max.bytes": String(40 * MIB),
    "replica.fetch.max.bytes": String(40 * MIB),
    "log.cleaner.backoff.ms": "100",
  });
});
afterAll(() => kafka[Symbol.asyncDispose]());

const value = (id: string, more: object = {}): string => JSON.stringify({ ...transactionOf(id), ...more });
const letters = ({ db }: Pipeline) => db.collection<DeadLetter<Binary>>(COLLECTIONS.deadLetters);
const storedIds = async ({ db }: Pipeline): Promise<string[]> =>
  (
    await db
      .collection<{ _id: string }>(COLLECTIONS.transactions)
      .find({}, { projection: { _id: 1 } })
      .toArray()
  )
    .map(({ _id }) => _id)
    .sort();

/** A pipeline with one partition a topic on the broker that takes large records. */
async function onePartition(config: Readonly<Record<string, string>> = {}): Promise<Pipeline> {
  const pipeline = await createPipeline({ broker: kafka.broker, withoutTopics: true });
  for (const topic of Object.values(pipeline.topics)) await createTopic(kafka.broker, topic, 1, config);
  return pipeline;
}

/** Sends each record in a request of its own, since together they may be larger than a request may be. */
async function sendEach(pipeline: Pipeline, messages: readonly Message[]): Promise<void> {
  for (const message of messages) await send(kafka.broker, pipeline.topics.faker, [{ ...message, partition: 0 }]);
}

const headers = { trace: "abc", twice: ["one", "two"], none: null as unknown as string };
const stored: [string, Message][] = [
  ["a key of 1 MB", { key: "k".repeat(1_000_000), value: value("odd") }],
  ["no key", { key: null, value: value("odd") }],
  ["an empty key and headers, one twice, one without a value", { key: "", headers, value: value("odd") }],
];

test.each(stored)(
  "a record with %s is stored, and so is the next one",
  async (_, message) => {
    await using pipeline = await onePartition();
    const consumer = await pipeline.start("consumer");
    await sendEach(pipeline, [message, { key: "next", value: value("next") }]);
    const { totals } = await untilRead(consumer, 2);
    expect(totals).toMatchObject({ stored: 2, deadLettered: 0 });
    expect(await storedIds(pipeline)).toEqual(["next", "odd"]);
  },
  60_000,
);

/** Sends poison and a good record behind it. @returns the letter, once both were read */
async function letterOf(pipeline: Pipeline, poison: Message): Promise<DeadLetter<Binary>> {
  const consumer = await pipeline.start("consumer");
  await sendEach(pipeline, [poison, { key: "next", value: value("next") }]);
  const { totals } = await untilRead(consumer, 2, 60_000);
  expect(totals).toMatchObject({ stored: 1, deadLettered: 1 });
  expect(await storedIds(pipeline)).toEqual(["next"]);
  const letter = await letters(pipeline).findOne({ _id: deadLetterId(pipeline.topics.faker, 0, 0) });
  if (letter === null) throw new Error("there is no dead letter");
  return letter;
}

test("a tombstone, a key without a value, is the dead letter `empty`, and the next record is stored", async () => {
  await using pipeline = await onePartition();
  const letter = await letterOf(pipeline, { key: "gone", value: null });
  expect(letter).toMatchObject({ reason: "empty", value: null, value_size: 0 });
  expect(letter.key?.toString("utf8")).toBe("gone");
}, 60_000);

test("a dead letter keeps the key, whole up to 2 MiB, and the headers, also one that is there twice or has no value", async () => {
  await using pipeline = await onePartition();
  const letter = await letterOf(pipeline, { key: "k".repeat(1_000_000), value: "poison", headers });
  expect(letter.key?.length()).toBe(1_000_000);
  expect(letter.value?.toString("utf8")).toBe("poison");
  const { trace, twice, none } = letter.headers as Record<string, Binary & Binary[]>;
  expect([trace?.toString("utf8"), twice?.map((one) => one.toString("utf8")), none]).toEqual([
    "abc",
    ["one", "two"],
    null as never,
  ]);
}, 60_000);

const around: [string, number, number][] = [
  ["8 MiB is kept whole", 8 * MIB, 8 * MIB],
  ["more is kept as its first 64 KiB and its true size", 8 * MIB + 1, 64 * 1024],
  ["far more than a document can hold, too", 33 * MIB, 64 * 1024],
];

test.each(around)(
  "the value of a dead letter: %s, and the letter fits whatever is around it",
  async (_, size, kept) => {
    await using pipeline = await onePartition();
    const large = { a: "a".repeat(1_500_000), b: "b".repeat(1_500_000) };
    const letter = await letterOf(pipeline, { key: "k".repeat(3_000_000), value: "p".repeat(size), headers: large });
    expect(letter).toMatchObject({ reason: "not-json", value_size: size });
    expect(letter.value?.length()).toBe(kept);
    expect(letter.key?.length()).toBe(2 * MIB);
    expect(Object.keys(letter.headers)).toEqual(["a"]);
  },
  120_000,
);

test("many large dead letters at once, more than one message to MongoDB can hold, are all kept", async () => {
  await using pipeline = await onePartition();
  const poison = Array.from({ length: 8 }, () => ({ key: "k", value: "p".repeat(8 * MIB) }));
  await sendEach(pipeline, [...poison, { key: "next", value: value("next") }]);
  const consumer = await pipeline.start("consumer");
  const { totals } = await untilRead(consumer, 2, 90_000);
  expect(totals).toMatchObject({ stored: 1, deadLettered: 8 });
  expect(await letters(pipeline).countDocuments({ value_size: 8 * MIB })).toBe(8);
}, 120_000);

test("a document of exactly 16 MiB is stored, one of a byte more is the dead letter `too-large`, and the next is stored", async () => {
  await using pipeline = await onePartition();
  const consumer = await pipeline.start("consumer");
  const transactions = pipeline.db.collection<{ _id: string }>(COLLECTIONS.transactions);
  await sendEach(pipeline, [{ key: "a", value: value("small", { note: "" }) }]);
  await untilRead(consumer, 2);
  const raw = async (id: string): Promise<number> =>
    ((await transactions.findOne({ _id: id }, { raw: true })) as unknown as Buffer).length;
  const note = (bytes: number): { note: string } => ({ note: "n".repeat(bytes) });
  const rest = 16 * MIB - (await raw("small"));
  await sendEach(pipeline, [
    { key: "a", value: value("exact", note(rest)) },
    { key: "a", value: value("above", note(rest + 1)) },
    { key: "a", value: value("next") },
  ]);
  const { totals } = await untilRead(consumer, 2, 60_000);
  expect(totals).toMatchObject({ stored: 3, deadLettered: 1 });
  expect(await storedIds(pipeline)).toEqual(["exact", "next", "small"]);
  expect(await raw("exact")).toBe(16 * MIB);
  const letter = await letters(pipeline).findOne({});
  expect(letter).toMatchObject({ reason: "too-large", offset: 2 });
  expect(letter?.value?.length()).toBe(64 * 1024);
  expect(letter?.value_size).toBeGreaterThan(16 * MIB - 500);
}, 120_000);

test("each record of a batch keeps its own time, however far it is from the first one's", async () => {
  await using pipeline = await onePartition();
  const first = Date.parse("2025-01-01T00:00:00Z");
  // The format writes the distance in one to six bytes.
  const apart = [0, 1, 63, 64, 8_191, 8_192, 2 ** 20, 2 ** 27 - 1, 2 ** 27, 2 ** 31, 2 ** 35];
  const times = apart.map((ms) => first + ms);
  const messages = times.map((ms, index) => ({ value: value(`id-${index}`), timestamp: String(ms), partition: 0 }));
  await send(kafka.broker, pipeline.topics.faker, messages);
  await untilRead(await pipeline.start("consumer"), 2);
  const documents = await pipeline.db
    .collection<StoredTransaction>(COLLECTIONS.transactions)
    .find({}, { sort: { "ingest.offset": 1 } })
    .toArray();
  expect(documents.map(({ ingest }) => ingest?.produced_at.getTime())).toEqual(times);
  expect(documents.map(({ ingest }) => Number(ingest?.offset))).toEqual(times.map((_, index) => index));
}, 60_000);

test("offsets that compaction has taken away are absent, at the beginning, in between, and whole batches", async () => {
  await using pipeline = await onePartition(COMPACTED);
  const { faker } = pipeline.topics;
  let sent = 0;
  const batch = (count: number, key: (index: number) => string): Promise<void> => {
    const messages = Array.from({ length: count }, (_, index) => ({
      key: key(index),
      value: value(`id-${sent + index}`),
      partition: 0,
    }));
    sent += count;
    return send(kafka.broker, faker, messages);
  };
  /** What Kafka still holds, counted by another client. */
  const held = (): Promise<number> =>
    countRecords(quietKafka(kafka.broker), { topic: faker, partition: 0, from: 0, to: sent }, () => undefined);
  // Whole batches vanish, and of the third one every other record.
  await batch(30, (index) => `k${index % 5}`);
  await batch(30, (index) => `k${index % 5}`);
  await batch(20, (index) => (index % 2 === 0 ? `own-${index}` : "k0"));
  await until(
    "Kafka has compacted the topic",
    async () => {
      // Only what is not in the newest segment is compacted, and a segment is closed by the next record.
      await batch(1, () => "k1");
      return (await held()) < sent / 2;
    },
    60_000,
  );
  const consumer = await pipeline.start("consumer");
  await untilRead(consumer, 2, 60_000);
  const line = (await ledgerOf(consumer)).partitions.find(({ topic }) => topic === faker);
  expect(line).toMatchObject({ firstOffset: 0, nextOffset: sent, duplicates: 0, deadLettered: 0 });
  expect(line?.absent).toBeGreaterThan(40);
  // Kafka may compact more after it was read.
  expect(line?.stored).toBeGreaterThanOrEqual(await held());
  expect(await storedIds(pipeline)).toHaveLength(line?.stored ?? -1);
}, 120_000);

test("a batch of which compaction has left nothing but its head is passed over, also when it comes alone", async () => {
  await using pipeline = await onePartition(COMPACTED);
  const { faker } = pipeline.topics;
  // Of an idempotent producer Kafka keeps the head of its last batch, for the numbers in it.
  const producer = quietKafka(kafka.broker).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const messages = Array.from({ length: 30 }, (_, index) => ({ key: `k${index % 5}`, value: value(`gone-${index}`) }));
  await producer.send({ topic: faker, acks: -1, messages });
  await producer.disconnect();
  // Larger than one fetch: what comes before it comes alone.
  await sendEach(pipeline, [{ key: "large", value: value("large", { note: "n".repeat(3 * MIB) }) }]);
  const file = join(kafka.logFolder, `${faker}-0`, "00000000000000000000.log");
  let sent = 31;
  await until(
    "Kafka has emptied the first batch",
    async () => {
      await sendEach(pipeline, [{ key: `k${sent % 5}`, value: value(`id-${sent}`) }]);
      sent++;
      const [first] = batchesIn(file);
      return first?.firstOffset === 0 && first.size < 100;
    },
    60_000,
  );
  const consumer = await pipeline.start("consumer");
  await untilRead(consumer, 2);
  const line = (await ledgerOf(consumer)).partitions.find(({ topic }) => topic === faker);
  expect(line).toMatchObject({ firstOffset: 0, nextOffset: sent, deadLettered: 0 });
  expect(line?.absent).toBeGreaterThanOrEqual(30);
  expect(await storedIds(pipeline)).toContain("large");
}, 120_000);
