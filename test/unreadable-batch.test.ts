import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { transactionOf } from "./conformance/sink.ts";
import { batchesIn, type Damage, damage } from "./harness/broken-log.ts";
import { type LedgerLine, ledgerOf, send, untilRead } from "./harness/consumed.ts";
import { statusOf } from "./harness/http.ts";
import { metricOf } from "./harness/metric.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { type OwnKafka, startOwnKafka } from "./harness/servers.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { withAdmin } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

let kafka: OwnKafka;
beforeAll(async () => {
  kafka = await startOwnKafka();
});
afterAll(() => kafka[Symbol.asyncDispose]());

const sendTo = (topic: string, partition: number, ids: string, count: number): Promise<void> => {
  const messages = Array.from({ length: count }, (_, index) => {
    const id = `${ids}-${partition}-${index}`;
    return { key: id, value: JSON.stringify(transactionOf(id)), partition };
  });
  return send(kafka.broker, topic, messages);
};

const lines = async ({ topics }: Pipeline, consumer: ServiceProcess): Promise<LedgerLine[]> =>
  (await ledgerOf(consumer)).partitions
    .filter(({ topic }) => topic === topics.faker)
    .sort((a, b) => a.partition - b.partition);

/** 20 records in each partition, or more in partition 1, then there a batch of 5 that is damaged, and 5 more. */
async function withDamage(pipeline: Pipeline, how: Damage, before = 20): Promise<void> {
  const { faker } = pipeline.topics;
  for (const partition of [0, 2]) await sendTo(faker, partition, "before", 20);
  for (let sent = 0; sent < before; sent += 1_000)
    await sendTo(faker, 1, `before-${sent}`, Math.min(1_000, before - sent));
  await sendTo(faker, 1, "damaged", 5);
  await sendTo(faker, 1, "behind", 5);
  const file = join(kafka.logFolder, `${faker}-1`, "00000000000000000000.log");
  const batch = batchesIn(file).find(({ firstOffset }) => firstOffset === before);
  if (batch === undefined) throw new Error(`there is no batch at offset ${before} in ${file}`);
  damage(file, batch, how);
}

const damages: [string, Damage, RegExp][] = [
  ["one byte of it is another, which still reads as a transaction", "byte", /checksum/],
  ["it is compressed as nobody here knows", "codec", /codec 7/],
  ["it can't be decompressed", "zstd", /zstd/],
];

test.each(damages)(
  "a batch that can't be read, since %s: said with its place, set aside, and the others go on",
  async (_, how, reason) => {
    await using pipeline = await createPipeline({ broker: kafka.broker });
    const { faker } = pipeline.topics;
    await withDamage(pipeline, how);
    const consumer = await pipeline.start("consumer");
    const said = await until("it says so", async () => {
      const text = await (await fetch(`${consumer.url}/readyz`)).text();
      return text.includes("can't be read") && text;
    });
    expect(said).toContain(`${faker}/1`);
    expect(said).toMatch(/the batch of offsets 20 to 24 can't be read/);
    expect(said).toMatch(reason);
    expect(await statusOf(`${consumer.url}/readyz`)).toBe(503);
    // What comes before it is stored, and nothing behind it.
    await until("all others are read", async () => {
      const found = await lines(pipeline, consumer);
      return found.length === 3 && found.every(({ nextOffset }) => nextOffset === 20);
    });
    // The others go on, without a new beginning each time it is met, and without a busy loop.
    const joined = await until("it has begun anew without that partition", async () => {
      const times = await metricOf(consumer, "consumer_rebalances_total");
      return times > 1 && times;
    });
    const fetches = (): Promise<number> => metricOf(consumer, "consumer_fetches_total");
    const [fetchesBefore, startedAt] = [await fetches(), performance.now()];
    for (let round = 0; round < 10; round++) {
      for (const partition of [0, 2]) await sendTo(faker, partition, `more-${round}`, 10);
      const expected = 20 + 10 * (round + 1);
      await until("the others go on", async () =>
        (await lines(pipeline, consumer)).every(
          ({ partition, nextOffset }) => nextOffset === (partition === 1 ? 20 : expected),
        ),
      );
    }
    // A fetch ends when records come, which are sent 20 times here, or after a second.
    const seconds = (performance.now() - startedAt) / 1_000;
    const fetched = (await fetches()) - fetchesBefore;
    expect(fetched).toBeGreaterThan(0);
    expect(fetched).toBeLessThan(2 * (20 + seconds));
    expect(await metricOf(consumer, "consumer_rebalances_total")).toBe(joined);
    expect(joined).toBeLessThan(5);
    expect(consumer.logs().match(/a batch can't be read; its partition is set aside/g)).toHaveLength(1);
    expect(await pipeline.db.collection("transactions").countDocuments()).toBe(260);
    // What it says helps: those records are given up, and the rest is read.
    await consumer.stop();
    await withAdmin(kafka.broker, async (admin) => {
      await admin.fetchTopicOffsets(faker);
      await admin.deleteTopicRecords({ topic: faker, partitions: [{ partition: 1, offset: "25" }] });
    });
    const successor = await pipeline.start("consumer");
    await untilRead(successor, 6);
    expect((await lines(pipeline, successor))[1]).toMatchObject({ nextOffset: 30, stored: 25, absent: 5 });
    await until("it is ready", async () => (await statusOf(`${successor.url}/readyz`)) === 200);
  },
  120_000,
);

test("a log in which Kafka itself can't find the next batch: said with its place, set aside, and the others go on", async () => {
  await using pipeline = await createPipeline({ broker: kafka.broker });
  const { faker } = pipeline.topics;
  await withDamage(pipeline, "length");
  const consumer = await pipeline.start("consumer");
  await until("it says so", async () => {
    const text = await (await fetch(`${consumer.url}/readyz`)).text();
    if (!text.includes("can't be read")) throw new Error(`${text}\n${consumer.logs().slice(-3_000)}`);
    return text.includes(`${faker}/1`) && text.includes("offset 20");
  });
  await until("the others are read", async () => {
    const found = await lines(pipeline, consumer);
    return found.filter(({ partition, nextOffset }) => partition !== 1 && nextOffset === 20).length === 2;
  });
  for (const partition of [0, 2]) await sendTo(faker, partition, "more", 10);
  await until("the others go on", async () => {
    const found = await lines(pipeline, consumer);
    return found.every(({ partition, nextOffset }) => nextOffset === (partition === 1 ? 20 : 30));
  });
}, 120_000);

test("what comes before a batch that can't be read is stored, also when it was still being written as that was met", async () => {
  await using pipeline = await createPipeline({ broker: kafka.broker });
  // More than one fetch brings: the consumer reads ahead then.
  const before = 15_000;
  await withDamage(pipeline, "byte", before);
  const consumer = await pipeline.start("consumer");
  await until("all before it is stored", async () => {
    const [, damaged] = await lines(pipeline, consumer);
    if (damaged?.nextOffset !== before) throw new Error(`${JSON.stringify(damaged)}\n${consumer.logs().slice(-3_000)}`);
    return damaged.stored === before;
  });
  const said = await until("it says so", async () => {
    const text = await (await fetch(`${consumer.url}/readyz`)).text();
    return text.includes("can't be read") && text;
  });
  expect(said).toContain(`the batch of offsets ${before} to ${before + 4} can't be read`);
  expect(await pipeline.db.collection("transactions").countDocuments()).toBe(before + 40);
}, 120_000);
