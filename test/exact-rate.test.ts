import { expect, test } from "bun:test";
import { Registry } from "prom-client";
import { createLog } from "#runtime/log.ts";
import { Publisher } from "#runtime/publisher.ts";
import { PublisherCounts } from "#runtime/publisher-counts.ts";
import { Readiness } from "#runtime/readiness.ts";
import { Relay } from "#runtime/relay.ts";
import { getJson, type SourceStats, statusOf } from "./harness/http.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { kafkaBroker, startOwnKafka } from "./harness/servers.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { createTopic, quietKafka, randomName } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

interface Stats extends SourceStats {
  readonly made: number;
  readonly forgotten: number;
  readonly behind: boolean;
  readonly perSecond: number;
}

const stats = (source: ServiceProcess): Promise<Stats> => getJson<Stats>(`${source.url}/stats`);

async function putRate(source: ServiceProcess, body: object): Promise<void> {
  const init = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  expect((await fetch(`${source.url}/rate`, init)).status).toBe(200);
}

/** The times, in ms, at which the records of a topic were sent, by Kafka's own record. */
async function sendTimes(broker: string, topic: string, count: number): Promise<number[]> {
  const times: number[] = [];
  const consumer = quietKafka(broker).consumer({ groupId: randomName("reader"), maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { timestamp } of batch.messages) times.push(Number(timestamp));
    },
  });
  await until(`${count} are read`, () => times.length >= count);
  await consumer.disconnect();
  return times.sort((one, other) => one - other);
}

test("2,000 a second are 2,000 a second: within 1 %, never ahead of the clock, and no 100 ms hold more than twice as many", async () => {
  await using pipeline = await createPipeline();
  const source = await pipeline.start("producer");
  await until("it is ready", async () => (await statusOf(`${source.url}/readyz`)) === 200);
  const askedMs = Date.now();
  await putRate(source, { perSecond: 2_000, forSeconds: 11 });
  await until("the rate is what it was before", async () => (await stats(source)).perSecond === 0);
  const { acknowledged, forgotten } = await until("nothing is pending", async () => {
    const now = await stats(source);
    return now.pending === 0 && now;
  });
  // A machine that is busy enough makes some of them later, or says that it never will; it never makes more.
  expect(Math.abs(acknowledged + forgotten - 22_000)).toBeLessThanOrEqual(220);

  expect(acknowledged).toBeGreaterThan(11_000);

  const times = await sendTimes(pipeline.env["KAFKA_BROKER"] ?? "", pipeline.topics.faker, acknowledged);
  const begin = times[0] ?? 0;
  const within = (fromMs: number, toMs: number): number => times.filter((ms) => ms >= fromMs && ms < toMs).length;
  for (let second = 1; second <= 11; second++)
    expect(within(askedMs, askedMs + second * 1_000)).toBeLessThanOrEqual(second * 2_000 + 1);
  const most = Math.max(
    ...Array.from({ length: 1_000 }, (_, step) => within(begin + step * 10, begin + step * 10 + 100)),
  );
  expect(most).toBeLessThanOrEqual(400);
}, 60_000);

test("a record's timestamp is when it was made, however long the way to its send takes", async () => {
  const broker = await kafkaBroker();
  const topic = randomName("made");
  await createTopic(broker, topic, 1);
  const publisher = new Publisher(quietKafka(broker), topic, { source: "/made", type: "made" });
  const relay = new Relay({
    publisher,
    counts: new PublisherCounts(new Registry()),
    kafka: new Readiness().part("kafka"),
    log: createLog({ service: "made", level: "silent", format: "json" }),
    tracing: undefined,
    onArrived: () => undefined,
    onFree: () => undefined,
  });
  const carry = (key: string): void => relay.carry([{ key, value: Buffer.from("{}") }]);
  carry("one");
  // A process that is held up: neither of the two sends has begun when the other one is made.
  const untilMs = Date.now() + 200;
  while (Date.now() < untilMs);
  carry("two");
  await relay.stop(20_000);
  await publisher.stop();
  const [one = 0, two = 0] = await sendTimes(broker, topic, 2);
  expect(two - one).toBeGreaterThanOrEqual(200);
}, 60_000);

test("while Kafka is away the source waits with bounded memory, says so, and does not make up for it afterwards", async () => {
  await using kafka = await startOwnKafka();
  await using pipeline = await createPipeline({ broker: kafka.broker, withoutTopics: true });
  await createTopic(kafka.broker, pipeline.topics.faker);
  const source = await pipeline.start("producer", { RATE: "1000" });
  await until("it sends", async () => (await stats(source)).acknowledged > 1_000);
  await kafka.stop();
  await until("it says that it is behind", async () => (await stats(source)).behind);
  await until("it says both on /readyz", async () => {
    const ready = await fetch(`${source.url}/readyz`);
    return ready.status === 503 && /kafka: .*pace: /i.test(await ready.text());
  });
  const waiting = await stats(source);
  // Four sends may be under way, of 500 transactions each.
  expect(waiting.pending).toBeLessThanOrEqual(2_000);

  const askedMs = performance.now();
  const answer = await fetch(`${source.url}/transactions`, { method: "POST" });
  expect(performance.now() - askedMs).toBeLessThan(5_000);
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ code: "kafka-unavailable" });
  expect((await stats(source)).failed).toBe(waiting.failed + 1);

  await kafka.start();
  const back = await until("it sends again", async () => {
    const atMs = performance.now();
    const now = await stats(source);
    return now.acknowledged > waiting.acknowledged && { ...now, atMs };
  });
  const later = await until("6,000 more", async () => {
    const now = await stats(source);
    return now.acknowledged > back.acknowledged + 6_000 && { ...now, atMs: performance.now() };
  });
  // The rate is one a millisecond.
  const beyondRate = later.acknowledged - back.acknowledged - (later.atMs - back.atMs);
  // What was under way, a second's worth that is caught up on, and a send.
  expect(beyondRate).toBeLessThanOrEqual(2_000 + 1_000 + 500);
  await until("it is ready again", async () => (await statusOf(`${source.url}/readyz`)) === 200);
}, 120_000);

test("a topic that is missing is named in /readyz, and its creation is noticed", async () => {
  await using pipeline = await createPipeline();
  const topic = randomName("missing");
  const source = await pipeline.start("producer", { FAKER_TOPIC: topic, RATE: "10" });
  await until("the topic is named", async () => (await (await fetch(`${source.url}/readyz`)).text()).includes(topic));
  await createTopic(pipeline.env["KAFKA_BROKER"] ?? "", topic);
  await until("it sends", async () => (await stats(source)).acknowledged > 10);
  await until("it is ready", async () => (await statusOf(`${source.url}/readyz`)) === 200);
}, 60_000);
