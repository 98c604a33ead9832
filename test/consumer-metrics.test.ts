import { afterAll, beforeAll, expect, test } from "bun:test";
import { transactionOf } from "./conformance/sink.ts";
import { send, untilRead } from "./harness/consumed.ts";
import { metricOf } from "./harness/metric.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { type OwnKafka, type OwnMongo, startOwnKafka, startOwnMongo } from "./harness/servers.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

let kafka: OwnKafka;
let mongo: OwnMongo;
beforeAll(async () => {
  [kafka, mongo] = await Promise.all([startOwnKafka(), startOwnMongo()]);
});
afterAll(async () => {
  await Promise.all([kafka, mongo].map((server) => server[Symbol.asyncDispose]()));
});

const text = (id: string, change: object = {}): string => JSON.stringify({ ...transactionOf(id), ...change });
const sendValues = ({ topics }: Pipeline, partition: number, values: readonly (string | null)[]): Promise<void> =>
  send(
    kafka.broker,
    topics.faker,
    values.map((value) => ({ key: "k", value, partition })),
  );
const sendNew = (pipeline: Pipeline, partition: number, count: number): Promise<void> =>
  sendValues(
    pipeline,
    partition,
    Array.from({ length: count }, () => text(crypto.randomUUID())),
  );
const failInserts = ({ db }: Pipeline, mode: unknown): Promise<unknown> =>
  db.client.db("admin").command({
    configureFailPoint: "failCommand",
    mode,
    data: { appName: "consumer", failCommands: ["insert"], errorCode: 14_031 },
  });

/** Waits until it has accounted for so many since it was started; the ledger's lag may be told 200 ms late. */
const untilCounted = (consumer: ServiceProcess, records: number): Promise<unknown> =>
  until(
    `${records} records are counted`,
    async () => (await metricOf(consumer, "consumer_chunk_records_sum")) === records,
    60_000,
  );

async function start(): Promise<{ pipeline: Pipeline; consumer: ServiceProcess }> {
  const pipeline = await createPipeline({ broker: kafka.broker, mongo: mongo.uri });
  const consumer = await pipeline.start("consumer");
  await untilRead(consumer, 6);
  return { pipeline, consumer };
}

test("/metrics counts records, what became of them, dead letters by reason, the batches and where their time went", async () => {
  const { pipeline: made, consumer } = await start();
  await using pipeline = made;
  await sendValues(pipeline, 0, [text("a"), text("a"), text("a", { status: "Cancelled" }), "{", null, text("b")]);
  await untilCounted(consumer, 6);
  const found: Record<string, number> = {};
  for (const [name, labels] of [
    ["consumer_records_total", { topic: pipeline.topics.faker }],
    ["consumer_records_total", { topic: pipeline.topics.mockoon }],
    ...["stored", "duplicate", "dead_letter", "absent"].map((outcome) => ["consumer_outcomes_total", { outcome }]),
    ...["conflict", "not-json", "empty", "too-large"].map((reason) => ["consumer_dead_letters_total", { reason }]),
    ["consumer_chunk_records_sum", {}],
  ] as [string, Record<string, string>][]) {
    const value = await metricOf(consumer, name, labels);
    if (value > 0) found[Object.values(labels).at(0) ?? name] = value;
  }
  expect(found).toEqual({
    ...{ [pipeline.topics.faker]: 6, stored: 2, duplicate: 1, dead_letter: 3 },
    ...{ conflict: 1, "not-json": 1, empty: 1, consumer_chunk_records_sum: 6 },
  });
  const chunks = await metricOf(consumer, "consumer_chunk_records_count");
  expect(chunks).toBeGreaterThan(0);
  expect(await metricOf(consumer, "consumer_write_seconds_count")).toBe(chunks);
  // "Is it us?": the three phases are the whole time.
  const phases = ["decode", "write", "commit"].map((phase) =>
    metricOf(consumer, "consumer_phase_seconds_total", { phase }),
  );
  const seconds = await Promise.all(phases);
  for (const phase of seconds) expect(phase).toBeGreaterThan(0);
  const whole = await metricOf(consumer, "consumer_write_seconds_sum");
  expect(seconds.reduce((sum, phase) => sum + phase, 0)).toBeCloseTo(whole, 6);
  // Nothing to read is time spent on Kafka, and none in MongoDB.
  const waited = await metricOf(consumer, "consumer_kafka_seconds_total");
  await until(
    "it waits for Kafka",
    async () => (await metricOf(consumer, "consumer_kafka_seconds_total")) > waited + 1,
  );
  expect(await metricOf(consumer, "consumer_write_seconds_sum")).toBe(whole);
}, 60_000);

test("/metrics tells the lag of each partition, also while MongoDB takes nothing, and 0 once all is read", async () => {
  const { pipeline: made, consumer } = await start();
  await using pipeline = made;
  const lag = (partition: number): Promise<number> =>
    metricOf(consumer, "consumer_lag_records", { topic: pipeline.topics.faker, partition: String(partition) });
  await failInserts(pipeline, "alwaysOn");
  try {
    await sendNew(pipeline, 1, 200);
    await until("it is 200 behind", async () => (await lag(1)) === 200);
    await sendNew(pipeline, 1, 100);
    await until("it is 300 behind", async () => (await lag(1)) === 300);
    expect(await lag(0)).toBe(0);
    const tries = (): Promise<number> => metricOf(consumer, "consumer_retries_total", { cause: "mongo" });
    await until("it has tried several times", async () => (await tries()) > 2);
  } finally {
    await failInserts(pipeline, "off");
  }
  await untilCounted(consumer, 300);
  await until("it is not behind", async () => (await lag(1)) === 0);
}, 60_000);

test("/metrics counts rebalances, and what is tried again by its cause: MongoDB, another owner, Kafka", async () => {
  const { pipeline: made, consumer } = await start();
  await using pipeline = made;
  const retries = (cause: string): Promise<number> => metricOf(consumer, "consumer_retries_total", { cause });
  expect([await retries("mongo"), await retries("fenced")]).toEqual([0, 0]);
  // A chunk is first written with hope and then with care before it counts as one that failed.
  await failInserts(pipeline, { times: 6 });
  await sendNew(pipeline, 0, 5);
  await untilCounted(consumer, 5);
  expect(await retries("mongo")).toBe(3);
  // As a successor does.
  await pipeline.db.collection("ledger").updateMany({ topic: pipeline.topics.faker }, { $inc: { epoch: 1 } });
  await sendNew(pipeline, 0, 5);
  await untilCounted(consumer, 10);
  expect(await retries("fenced")).toBe(1);
  const joined = await metricOf(consumer, "consumer_rebalances_total");
  expect(joined).toBeGreaterThan(0);
  const second = await pipeline.start("consumer");
  await until(
    "the group is joined again",
    async () => (await metricOf(consumer, "consumer_rebalances_total")) > joined,
  );
  await second.stop();
  // A fresh broker may have asked to come back later already.
  const before = await retries("kafka");
  await kafka.stop();
  await until("Kafka is tried again", async () => (await retries("kafka")) > before, 60_000);
  await kafka.start();
  await sendNew(pipeline, 0, 5);
  await untilCounted(consumer, 15);
}, 180_000);
