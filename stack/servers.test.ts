import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { MongoClient } from "mongodb";
import { fetchKafka } from "./fetch-kafka.ts";
import { fetchMongod } from "./fetch-mongod.ts";
import { freePort, freePorts } from "./free-port.ts";
import { startKafka } from "./kafka-server.ts";
import { startMockoon } from "./mockoon-server.ts";
import { startMongo } from "./mongo-server.ts";
import { noProgress } from "./progress.ts";

const FETCH_DEADLINE_MS = 120_000;
const TEST_DEADLINE_MS = 60_000;
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "servers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test(
  "kafka keeps its records over kill -9, also when its port changes",
  async () => {
    const kafka = await fetchKafka(noProgress);
    const place = async (): Promise<{ port: number; controllerPort: number }> => {
      const [port = 0, controllerPort = 0] = await freePorts(2);
      return { port, controllerPort };
    };
    const options = { kafka, dataDir: join(folder, "kafka"), logFile: join(folder, "kafka.log") };
    {
      await using server = await startKafka({ ...options, ...(await place()) });
      const client = new Kafka({ brokers: [server.broker], logLevel: logLevel.NOTHING });
      const admin = client.admin();
      await admin.connect();
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic: "kept", numPartitions: 1 }] });
      await admin.disconnect();
      const producer = client.producer();
      await producer.connect();
      await producer.send({ topic: "kept", acks: -1, messages: [{ value: "a" }, { value: "b" }] });
      await producer.disconnect();
      server.kill("SIGKILL");
      expect(await server.exited).toBeNull();
    }
    await using server = await startKafka({ ...options, ...(await place()) });
    const admin = new Kafka({ brokers: [server.broker], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    expect((await admin.fetchTopicOffsets("kept")).map(({ high }) => high)).toEqual(["2"]);
    await admin.disconnect();
    await server.stop();
    expect(await server.exited).toBe(143);
  },
  FETCH_DEADLINE_MS + TEST_DEADLINE_MS,
);

test(
  "mongod is a primary at once, and keeps its documents over kill -9, also when its port changes",
  async () => {
    const binary = await fetchMongod(noProgress);
    const options = { binary, dataDir: join(folder, "mongo"), logFile: join(folder, "mongo.log") };
    {
      await using server = await startMongo({ ...options, port: await freePort() });
      {
        // Closed before the kill: afterwards it would look for the server for 30 s, to end its session there.
        await using client = new MongoClient(server.uri);
        await client
          .db("test")
          .collection("kept")
          .insertOne({ a: 1 }, { writeConcern: { w: "majority", journal: true } });
      }
      server.kill("SIGKILL");
      expect(await server.exited).toBeNull();
    }
    await using server = await startMongo({ ...options, port: await freePort() });
    await using client = new MongoClient(server.uri);
    expect(await client.db("test").collection("kept").countDocuments()).toBe(1);
    await client.db("test").collection("kept").insertOne({ a: 2 });
    await server.stop();
    expect(await server.exited).toBe(0);
  },
  FETCH_DEADLINE_MS + TEST_DEADLINE_MS,
);

test(
  "a server that dies while it starts says so with the end of its log",
  async () => {
    const binary = await fetchMongod(noProgress);
    const options = { binary, dataDir: join(folder, "other"), logFile: join(folder, "other.log") };
    const start = startMongo({ ...options, port: await freePort(), extraArgs: ["--noSuchOption"] });
    await expect(start).rejects.toThrow(/mongo died while it started .*other\.log:[\s\S]*noSuchOption/);
  },
  TEST_DEADLINE_MS,
);

test(
  "mockoon answers raw transactions, each with an id of its own, one or as many as asked for",
  async () => {
    await using server = await startMockoon({ port: await freePort(), logFile: join(folder, "mockoon.log") });
    const get = async (query = ""): Promise<Response> => fetch(`${server.url}${query}`);
    const one = await (await get()).json();
    expect(one).toEqual({
      transaction_id: expect.stringMatching(/^TXN-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      customer_id: expect.any(Number),
      product_details: expect.any(Array),
      total_amount: expect.stringMatching(/^\d+\.\d\d$/),
      currency: "USD",
      payment_method: expect.stringMatching(/^(Credit Card|PayPal|Debit Card)$/),
      shipping_address: {
        street: expect.any(String),
        city: expect.any(String),
        state: expect.any(String),
        zip_code: expect.any(String),
        country: "USA",
      },
      status: expect.stringMatching(/^(Shipped|Processing|Delivered|Cancelled)$/),
    });
    // Without a zone it means UTC, wherever the machine is.
    expect(Math.abs(Date.parse(`${one.timestamp}Z`) - Date.now())).toBeLessThan(60_000);
    const many = await (await get("?count=500")).json();
    expect(many).toHaveLength(500);
    expect(new Set([one, ...many].map((transaction) => transaction.transaction_id)).size).toBe(501);
    for (const { product_details: products } of many) {
      expect(products.length).toBeWithin(1, 4);
      for (const product of products)
        expect(product).toEqual({
          product_id: expect.stringMatching(/^PROD-[1-9]\d\d$/),
          product_name: expect.any(String),
          quantity: expect.any(Number),
          price: expect.stringMatching(/^\d+\.\d\d$/),
        });
    }
    for (const wrong of ["0", "501", "-1", "x", "1.5"]) expect((await get(`?count=${wrong}`)).status).toBe(400);
  },
  TEST_DEADLINE_MS,
);

test(
  "mockoon with a seed answers the same again",
  async () => {
    const first = async (): Promise<string> => {
      await using server = await startMockoon({
        port: await freePort(),
        logFile: join(folder, "seeded.log"),
        fakerSeed: 7,
      });
      return (await (await fetch(server.url)).json()).transaction_id;
    };
    expect(await first()).toBe(await first());
  },
  TEST_DEADLINE_MS,
);

test(
  "mockoon answers under bun too, where there is no node",
  async () => {
    const program = `
      import { startMockoon } from ${JSON.stringify(join(import.meta.dir, "mockoon-server.ts"))};
      const options = { port: ${await freePort()}, logFile: ${JSON.stringify(join(folder, "under-bun.log"))} };
      await using server = await startMockoon(options);
      process.stdout.write(await (await fetch(server.url)).text());`;
    const child = Bun.spawn([process.execPath, "-e", program], {
      env: { PATH: "" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    expect(JSON.parse(await new Response(child.stdout).text())).toMatchObject({ currency: "USD" });
    expect(await child.exited).toBe(0);
  },
  TEST_DEADLINE_MS,
);
