import { afterAll, beforeAll, expect, test } from "bun:test";
import { setRate, statusOf } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { type OwnMongo, startOwnMongo } from "./harness/servers.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

let mongo: OwnMongo;
beforeAll(async () => {
  mongo = await startOwnMongo();
});
afterAll(() => mongo[Symbol.asyncDispose]());

const documents = (pipeline: Pipeline): Promise<number> =>
  pipeline.db.collection("transactions").estimatedDocumentCount();
const untilStores = (pipeline: Pipeline, more: number, from: number): Promise<unknown> =>
  until("it stores", async () => (await documents(pipeline)) > from + more, 90_000);

async function inFlow(pipeline: Pipeline): Promise<{ producer: ServiceProcess; consumer: ServiceProcess }> {
  const producer = await pipeline.start("producer", { RATE: "1000" });
  const consumer = await pipeline.start("consumer");
  await untilStores(pipeline, 500, 0);
  return { producer, consumer };
}

async function expectAllThereOnce(pipeline: Pipeline, producer: ServiceProcess): Promise<void> {
  await setRate(producer.url, 0);
  expect((await pipeline.verify()).checks.filter(({ ok }) => !ok)).toEqual([]);
}

const failInserts = (pipeline: Pipeline, mode: unknown, data: object): Promise<unknown> =>
  pipeline.db.client.db("admin").command({
    configureFailPoint: "failCommand",
    mode,
    data: { appName: "consumer", failCommands: ["insert"], ...data },
  });

test("a primary that steps down in the middle of a batch: nothing is lost, nothing is there twice", async () => {
  await using pipeline = await createPipeline({ mongo: mongo.uri });
  const { producer } = await inFlow(pipeline);
  const admin = pipeline.db.client.db("admin");
  for (let time = 0; time < 3; time++) {
    await admin.command({ replSetStepDown: 1, force: true });
    // Counted from then on: it writes until it has stepped down, and can then be read, with all that it wrote.
    await until("it is primary again", async () => (await admin.command({ hello: 1 }))["isWritablePrimary"]);
    await untilStores(pipeline, 500, await documents(pipeline));
  }
  await expectAllThereOnce(pipeline, producer);
}, 240_000);

test("a mongod that takes 2 s for a write: the consumer keeps its place in the group and stores all once", async () => {
  await using pipeline = await createPipeline({ mongo: mongo.uri });
  const { producer, consumer } = await inFlow(pipeline);
  await failInserts(pipeline, { times: 6 }, { blockConnection: true, blockTimeMS: 2_000 });
  await untilStores(pipeline, 3_000, await documents(pipeline));
  await expectAllThereOnce(pipeline, producer);
  // Long writes cost no rebalance.
  expect(consumer.logs().match(/partitions assigned/g)).toHaveLength(1);
}, 240_000);

test("a mongod whose disk is full: the consumer says so, blames no record, and goes on when there is room", async () => {
  await using pipeline = await createPipeline({ mongo: mongo.uri });
  const { producer, consumer } = await inFlow(pipeline);
  await failInserts(pipeline, "alwaysOn", { errorCode: 14_031 });
  await until("it says so", async () => /OutOfDiskSpace/.test(await (await fetch(`${consumer.url}/readyz`)).text()));
  await failInserts(pipeline, "off", {});
  await until("it is ready again", async () => (await statusOf(`${consumer.url}/readyz`)) === 200);
  await expectAllThereOnce(pipeline, producer);
  expect(await pipeline.db.collection("dead_letters").countDocuments()).toBe(0);
}, 240_000);
