import { expect, test } from "bun:test";
import { join } from "node:path";
import { runProgram } from "../stack/run-program.ts";
import { aiokafkaPython } from "./harness/aiokafka.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { PROJECT } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

/** Runs an example beside our producer and consumer. @returns what it wrote */
async function run(pipeline: Pipeline, command: readonly string[]): Promise<string> {
  const producer = await pipeline.start("producer");
  await pipeline.start("consumer");
  await until("the producer is ready", async () => (await fetch(`${producer.url}/readyz`)).ok);
  expect((await fetch(`${producer.url}/transactions`, { method: "POST" })).status).toBe(201);
  const env = { KAFKA_BROKER: pipeline.env["KAFKA_BROKER"], TOPIC: pipeline.topics.faker };
  const done = await runProgram(command, { cwd: PROJECT, env });
  expect(done?.exitCode, done?.output ?? "").toBe(0);
  return done?.output ?? "";
}

async function expectStored(pipeline: Pipeline, ids: readonly string[]): Promise<void> {
  const transactions = pipeline.db.collection<{ _id: string }>("transactions");
  await until(`${ids} are stored`, async () => (await transactions.countDocuments({ _id: { $in: [...ids] } })) === 2);
  const letters = pipeline.db.collection("dead_letters");
  await until("2 dead letters", async () => (await letters.countDocuments()) === 2);
  const reasons = await letters.distinct("reason");
  expect(reasons.sort()).toEqual(["invalid-transaction", "not-json"]);
}

test("a Python program with aiokafka: what it sends is stored or parked, and it reads our events", async () => {
  const python = await aiokafkaPython();
  await using pipeline = await createPipeline();
  const output = await run(pipeline, [python, join("examples", "transactions.py")]);
  const { sent, read } = JSON.parse(output) as {
    sent: { stored: string[] };
    read: { headers: Record<string, string>; transaction: { transaction_id: string } };
  };
  await expectStored(pipeline, sent.stored);
  expect(read.headers["ce_source"]).toBe("urn:transactions-pipeline:faker");
  expect(read.headers["ce_id"]).toBe(read.transaction.transaction_id);
}, 120_000);

test.skipIf(Bun.which("kcat") === null)(
  "a shell script with kcat: what it sends is stored or parked, and it reads our events",
  async () => {
    await using pipeline = await createPipeline();
    const output = await run(pipeline, [join(PROJECT, "examples", "transactions.sh")]);
    const ids = [...output.matchAll(/^stored (\S+)$/gm)].map(([, id]) => id ?? "");
    expect(ids.length).toBe(2);
    await expectStored(pipeline, ids);
    expect(output).toContain("ce_source=urn:transactions-pipeline:faker");
  },
  120_000,
);
