import { expect, test } from "bun:test";
import { getJson, type SourceStats, setRate, statusOf } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { startOwnKafka, startOwnMongo } from "./harness/servers.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { createTopic } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

/** Stops the source, waits for the consumer, and expects every acknowledged transaction to be there once. */
async function expectNothingLostOrDoubled(pipeline: Pipeline, producer: ServiceProcess): Promise<void> {
  await setRate(producer.url, 0);
  const stats = await until("nothing is pending", async () => {
    const found = await getJson<SourceStats>(`${producer.url}/stats`);
    return found.pending === 0 && found;
  });
  const account = await pipeline.verify();
  expect(account.checks.filter(({ ok }) => !ok)).toEqual([]);
  const stored = account.lines.reduce((sum, line) => sum + line.stored, 0);
  const duplicates = account.lines.reduce((sum, line) => sum + line.duplicates, 0);
  // A send whose acknowledgement was lost is sent again: Kafka may hold it twice, MongoDB must not.
  expect(stored).toBeGreaterThanOrEqual(stats.acknowledged - duplicates);
  expect(stored + duplicates).toBeGreaterThanOrEqual(stats.acknowledged);
  expect(await pipeline.db.collection("transactions").countDocuments()).toBe(stored);
}

const acknowledged = async (producer: ServiceProcess): Promise<number> =>
  (await getJson<SourceStats>(`${producer.url}/stats`)).acknowledged;
const documents = (pipeline: Pipeline): Promise<number> =>
  pipeline.db.collection("transactions").estimatedDocumentCount();

test("a consumer killed with SIGKILL in full flow, again and again, loses nothing and stores nothing twice", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer", { RATE: "2000" });
  for (let kill = 1; kill <= 3; kill++) {
    const consumer = await pipeline.start("consumer");
    const before = await documents(pipeline);
    await until("the consumer stores", async () => (await documents(pipeline)) > before + 500, 60_000);
    consumer.kill("SIGKILL");
    await consumer.exited;
  }
  await pipeline.start("consumer");
  await expectNothingLostOrDoubled(pipeline, producer);
}, 180_000);

test("mongod away for 10 s: the consumer says so, waits, and nothing is lost or doubled", async () => {
  await using mongo = await startOwnMongo();
  await using pipeline = await createPipeline({ mongo: mongo.uri });
  const producer = await pipeline.start("producer", { RATE: "1000" });
  const consumer = await pipeline.start("consumer");
  await until("the consumer stores", async () => (await documents(pipeline)) > 500);
  await mongo.stop();
  const stoppedAt = performance.now();
  await until("the consumer says that MongoDB is away", async () => {
    const ready = await fetch(`${consumer.url}/readyz`);
    return ready.status === 503 && /mongo/i.test(await ready.text());
  });
  expect(await statusOf(`${consumer.url}/livez`)).toBe(200);
  await until("10 s have passed", () => performance.now() - stoppedAt > 10_000);
  await mongo.start();
  await until("the consumer is ready again", async () => (await statusOf(`${consumer.url}/readyz`)) === 200);
  await expectNothingLostOrDoubled(pipeline, producer);
}, 120_000);

test("a broker that restarts: sources and consumer go on by themselves, and nothing is lost or doubled", async () => {
  await using kafka = await startOwnKafka();
  await using pipeline = await createPipeline({ broker: kafka.broker });
  const producer = await pipeline.start("producer", { RATE: "1000" });
  const consumer = await pipeline.start("consumer");
  await until("the consumer stores", async () => (await documents(pipeline)) > 500);
  await kafka.stop();
  await until("the producer is not ready", async () => (await statusOf(`${producer.url}/readyz`)) === 503, 60_000);
  await kafka.start();
  const before = await acknowledged(producer);
  await until("the producer sends again", async () => (await acknowledged(producer)) > before + 500, 60_000);
  await until("the consumer is ready again", async () => (await statusOf(`${consumer.url}/readyz`)) === 200, 60_000);
  await expectNothingLostOrDoubled(pipeline, producer);
}, 180_000);

test("without Kafka at the start every service lives, says what is missing, and recovers by itself", async () => {
  await using kafka = await startOwnKafka();
  await kafka.stop();
  await using pipeline = await createPipeline({ broker: kafka.broker, withoutTopics: true });
  const services = await Promise.all(
    (["producer", "producer-mockoon", "consumer", "dashboard"] as const).map((name) => pipeline.start(name)),
  );
  for (const { url, name } of services) {
    expect(await statusOf(`${url}/livez`)).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect(`${name} ${ready.status}`).toBe(`${name} 503`);
    expect(await ready.text()).toMatch(/kafka/i);
  }
  const [producer] = services;
  const askedAt = performance.now();
  const refused = await fetch(`${producer?.url}/transactions`, { method: "POST" });
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(performance.now() - askedAt).toBeLessThan(6_000);

  await kafka.start();
  for (const topic of Object.values(pipeline.topics)) await createTopic(kafka.broker, topic);
  for (const { url, name } of services.slice(0, 3)) {
    await until(`${name} is ready`, async () => (await statusOf(`${url}/readyz`)) === 200, 60_000);
  }
  expect(await statusOf(`${producer?.url}/transactions`, { method: "POST" })).toBe(201);
}, 120_000);

test("a client that leaves the live stream frees it", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer", { RATE: "50" });
  const streams = async (): Promise<number> => (await getJson<SourceStats>(`${producer.url}/stats`)).streams;
  const leaving = new AbortController();
  const answer = await fetch(`${producer.url}/real_time_response`, {
    headers: { accept: "text/event-stream" },
    signal: leaving.signal,
  });
  expect(answer.headers.get("content-type")).toStartWith("text/event-stream");
  let seen = "";
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  await until("an event with its place", async () => {
    seen += (await reader?.read())?.value ?? "";
    return /^id: \d+:\d+\ndata: \{.*\}\n\n/m.test(seen);
  });
  expect(await streams()).toBe(1);
  leaving.abort();
  await until("the stream is free", async () => (await streams()) === 0);
}, 60_000);
