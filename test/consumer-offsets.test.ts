import { expect, test } from "bun:test";
import { transactionOf } from "./conformance/sink.ts";
import { ledgerOf, send, untilRead } from "./harness/consumed.ts";
import { statusOf } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { kafkaBroker } from "./harness/servers.ts";
import { createTopic, quietKafka, randomName, withAdmin } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

const value = (id: string): string => JSON.stringify(transactionOf(id));
const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** A pipeline whose topics have one partition each. */
async function onePartitionEach(config: Readonly<Record<string, string>> = {}): Promise<Pipeline & { broker: string }> {
  const broker = await kafkaBroker();
  const pipeline = await createPipeline({ withoutTopics: true });
  for (const topic of Object.values(pipeline.topics)) await createTopic(broker, topic, 1, config);
  return { ...pipeline, broker };
}

const sendIds = (broker: string, topic: string, all: readonly string[]): Promise<void> =>
  send(
    broker,
    topic,
    all.map((id) => ({ key: id, value: value(id), partition: 0 })),
  );
/** As retention does. @param before - the first offset that stays, -1 = none */
const expire = (broker: string, topic: string, before: string): Promise<void> =>
  withAdmin(broker, async (admin) => {
    // kafkajs deletes only in topics that it has heard of.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: before }] });
  });
const lineOf = async (pipeline: Pipeline, consumer: Parameters<typeof ledgerOf>[0]) =>
  (await ledgerOf(consumer)).partitions.find(({ topic }) => topic === pipeline.topics.faker);

test("what Kafka has committed for the group does not matter: ahead, behind or deleted", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  const groupId = pipeline.env["CONSUMER_GROUP"] ?? "";
  const commit = (offset: string): Promise<void> =>
    withAdmin(broker, (admin) =>
      admin.setOffsets({ groupId, topic: topics.faker, partitions: [{ partition: 0, offset }] }),
    );
  await sendIds(broker, topics.faker, ids("a", 50));
  let sent = 50;
  for (const disturb of [
    () => commit(String(sent)),
    () => commit("0"),
    () => withAdmin(broker, (admin) => admin.deleteGroups([groupId])),
  ]) {
    const consumer = await pipeline.start("consumer");
    await untilRead(consumer, 2);
    await consumer.stop();
    await sendIds(broker, topics.faker, ids(`b${sent}-`, 50));
    sent += 50;
    await disturb();
  }
  const consumer = await pipeline.start("consumer");
  const { totals } = await untilRead(consumer, 2);
  expect(totals).toMatchObject({ stored: sent, duplicates: 0, absent: 0 });
}, 120_000);

test("the group's first consumer begins at the first record even when an offset is committed already", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  await sendIds(broker, topics.faker, ids("a", 30));
  const groupId = pipeline.env["CONSUMER_GROUP"] ?? "";
  await withAdmin(broker, (admin) =>
    admin.setOffsets({ groupId, topic: topics.faker, partitions: [{ partition: 0, offset: "20" }] }),
  );
  const consumer = await pipeline.start("consumer");
  await untilRead(consumer, 2);
  expect(await lineOf(pipeline, consumer)).toMatchObject({ firstOffset: 0, nextOffset: 30, stored: 30 });
}, 60_000);

test("records that expired before they were read are absent, with a warning, and the rest is stored", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  await sendIds(broker, topics.faker, ids("a", 10));
  const before = await pipeline.start("consumer");
  await untilRead(before, 2);
  await before.stop();
  await sendIds(broker, topics.faker, ids("b", 40));
  await expire(broker, topics.faker, "35");
  const consumer = await pipeline.start("consumer");
  await untilRead(consumer, 2);
  expect(await lineOf(pipeline, consumer)).toMatchObject({ firstOffset: 0, nextOffset: 50, stored: 25, absent: 25 });
  expect(consumer.logs()).toContain("expired before they were read");
  expect(await (await fetch(`${consumer.url}/metrics`)).text()).toMatch(
    /consumer_outcomes_total\{outcome="absent".*\} 25/,
  );
}, 60_000);

test("when everything expired before it was read, the ledger moves to the end without waiting for a record", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  const before = await pipeline.start("consumer");
  await untilRead(before, 2);
  await before.stop();
  await sendIds(broker, topics.faker, ids("a", 40));
  await expire(broker, topics.faker, "-1");
  const consumer = await pipeline.start("consumer");
  await until("the ledger is at the end", async () => (await lineOf(pipeline, consumer))?.nextOffset === 40);
  expect(await lineOf(pipeline, consumer)).toMatchObject({ absent: 40, stored: 0, lag: 0 });
  await sendIds(broker, topics.faker, ids("b", 5));
  await until("the next ones are read", async () => (await lineOf(pipeline, consumer))?.nextOffset === 45);
  expect(await lineOf(pipeline, consumer)).toMatchObject({ absent: 40, stored: 5 });
}, 60_000);

test("a partition that nobody read begins at the first offset that is still there", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  await sendIds(broker, topics.faker, ids("a", 40));
  await expire(broker, topics.faker, "30");
  const consumer = await pipeline.start("consumer");
  await untilRead(consumer, 2);
  expect(await lineOf(pipeline, consumer)).toMatchObject({ firstOffset: 30, nextOffset: 40, stored: 10, absent: 0 });
}, 60_000);

test("markers of transactions and records of aborted ones are absent, also at the end of the log", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  const consumer = await pipeline.start("consumer");
  const producer = quietKafka(broker).producer({
    transactionalId: randomName("tx"),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  for (const [prefix, end] of [
    ["a", "commit"],
    ["b", "abort"],
    ["c", "commit"],
    ["d", "abort"],
  ] as const) {
    const transaction = await producer.transaction();
    const messages = ids(prefix, 10).map((id) => ({ key: id, value: value(id), partition: 0 }));
    await transaction.send({ topic: topics.faker, messages });
    await transaction[end]();
  }
  await producer.disconnect();
  await untilRead(consumer, 2);
  // 20 of aborted transactions, 4 markers.
  expect(await lineOf(pipeline, consumer)).toMatchObject({ nextOffset: 44, stored: 20, absent: 24 });
  const found = await pipeline.db.collection<{ _id: string }>("transactions").find().toArray();
  expect(found.map(({ _id }) => _id).sort()).toEqual([...ids("a", 10), ...ids("c", 10)].sort());
}, 60_000);

test("partitions that are added while it runs are read from their first record", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  const consumer = await pipeline.start("consumer");
  await untilRead(consumer, 2);
  await withAdmin(broker, (admin) => admin.createPartitions({ topicPartitions: [{ topic: topics.faker, count: 3 }] }));
  await send(
    broker,
    topics.faker,
    ids("a", 30).map((id, index) => ({ key: id, value: value(id), partition: index % 3 })),
  );
  // What nobody has claimed yet is not read: a lag of 0 is all of it.
  const totals = await until("a lag of 0", async () => {
    const { totals } = await ledgerOf(consumer);
    return totals.lag === 0 && totals;
  });
  expect(totals).toMatchObject({ stored: 30, absent: 0 });
}, 90_000);

test("a topic that was deleted and made again is not taken for the old one: said, not read, and no harm to others", async () => {
  await using pipeline = await onePartitionEach();
  const { broker, topics } = pipeline;
  await sendIds(broker, topics.faker, ids("a", 40));
  const before = await pipeline.start("consumer");
  await untilRead(before, 2);
  await before.stop();
  await withAdmin(broker, (admin) => admin.deleteTopics({ topics: [topics.faker] }));
  await until("the topic is made again", async () => {
    await createTopic(broker, topics.faker, 1);
    return true;
  });
  const consumer = await pipeline.start("consumer");
  // At once, not only when there is something in it.
  await until("it says so", async () =>
    /deleted and made again/.test(await (await fetch(`${consumer.url}/readyz`)).text()),
  );
  expect(await lineOf(pipeline, consumer)).toMatchObject({ nextOffset: 40, stored: 40 });
  await sendIds(broker, topics.faker, ids("b", 5));
  await sendIds(broker, topics.mockoon, ids("m", 20));
  await until(
    "the other topic is read",
    async () => (await pipeline.db.collection("transactions").countDocuments({ "ingest.source": "mockoon" })) === 20,
  );
  expect(await lineOf(pipeline, consumer)).toMatchObject({ nextOffset: 40, stored: 40 });
  // What it says helps: the entry is removed, and the new topic is read from its beginning.
  await pipeline.db.collection<{ _id: string }>("ledger").deleteOne({ _id: `${topics.faker}/0` });
  await until("it is ready", async () => (await statusOf(`${consumer.url}/readyz`)) === 200);
  await untilRead(consumer, 2);
  expect(await lineOf(pipeline, consumer)).toMatchObject({ firstOffset: 0, nextOffset: 5, stored: 5 });
}, 120_000);
