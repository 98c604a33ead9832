import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { portsWithOffset } from "../stack/ports.ts";
import { beginRun } from "../stack/run-file.ts";
import { runProgram } from "../stack/run-program.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { cleanEnvironment, PROJECT, type ServiceProcess, startService } from "./harness/service-process.ts";

/** A pipeline whose consumer is started again whenever it ends, with the file by which a drill finds it. */
interface Supervised extends AsyncDisposable {
  readonly dataDir: string;
  /** How often the consumer was started. */
  starts(): number;
}

/** Does for a pipeline of a test what `bun start` does for its own. */
async function supervise(pipeline: Pipeline, command?: readonly string[]): Promise<Supervised> {
  const dataDir = mkdtempSync(join(tmpdir(), "pipeline-drill-"));
  // The drill takes the addresses from its environment, not the ports.
  const run = beginRun(join(dataDir, "run.json"), [], portsWithOffset(0));
  if (run === undefined) throw new Error("the folder is taken");
  let consumer: ServiceProcess | undefined;
  let starts = 0;
  let stopped = false;
  const startOne = async (): Promise<void> => {
    consumer = await startService("consumer", pipeline.env, command);
    starts++;
    run.add({ name: "consumer", pid: consumer.pid, port: Number(new URL(consumer.url).port) });
    void consumer.exited.then(() => (stopped ? undefined : startOne()));
  };
  await startOne();
  return {
    dataDir,
    starts: () => starts,
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      await consumer?.[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** `bun run drill NAME`, and the figures of its table by their titles. */
async function drill(
  pipeline: Pipeline,
  producerUrl: string,
  { dataDir }: Pick<Supervised, "dataDir">,
  { name = "kill-consumer", times = 2, rate = 500, mockoonUrl = "http://127.0.0.1:1" } = {},
) {
  const options = ["--times", String(times), "--rate", String(rate), "--seed", "6", "--data-dir", dataDir];
  const done = await runProgram([process.execPath, "drill/run.ts", name, ...options], {
    cwd: PROJECT,
    env: { ...cleanEnvironment(), ...pipeline.env, FAKER_URL: producerUrl, MOCKOON_SOURCE_URL: mockoonUrl },
  });
  const output = done?.output ?? "";
  const lines = output.split("\n");
  // A name and two blanks, then columns of 14.
  const cells = (line = ""): string[] => line.slice(`${name}  `.length).match(/.{14}/g) ?? [];
  const figures = cells(lines.find((line) => new RegExp(`^${name} +${times} +[\\d,]+ `).test(line)));
  const table: Record<string, number> = {};
  for (const [index, title] of cells(lines.find((line) => /^ +times +produced/.test(line))).entries())
    table[title.trim()] = Number.parseFloat((figures[index] ?? "").replaceAll(",", ""));
  return { exitCode: done?.exitCode, output, table };
}

test("a drill kills the consumer while it writes, and its verdict is that nothing is missing or doubled", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer");
  await using supervised = await supervise(pipeline);
  const { exitCode, output, table } = await drill(pipeline, producer.url, supervised);
  expect(output).toContain("Nothing is missing and nothing is there twice.");
  expect(exitCode).toBe(0);
  expect(supervised.starts()).toBe(3);
  expect(table).toMatchObject({ times: 2, duplicates: 0, "dead-lettered": 0, missing: 0, doubled: 0 });
  expect(table["produced"]).toBeGreaterThan(500);
  expect(table["stored"]).toBe(table["produced"]);
  expect(await pipeline.db.collection("transactions").countDocuments()).toBe(Number(table["stored"]));
  // A transaction that the dead one left open would hold its successor up for 20 s and more.
  expect(table["recovered in"]).toBeLessThan(20);
  expect(await (await fetch(`${producer.url}/rate`)).json()).toMatchObject({ perSecond: 0 });
}, 180_000);

test("a drill holds every source still while it counts, and gives each its own rate back", async () => {
  await using pipeline = await createPipeline();
  const sources = [await pipeline.start("producer"), await pipeline.start("producer-mockoon")] as const;
  const rates = [70, 200];
  for (const [index, { url }] of sources.entries())
    await fetch(`${url}/rate`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ perSecond: rates[index] }),
    });
  await using supervised = await supervise(pipeline);
  const [{ url: producerUrl }, { url: mockoonUrl }] = sources;
  const { exitCode, output, table } = await drill(pipeline, producerUrl, supervised, { times: 1, mockoonUrl });
  expect(output).toContain("Nothing is missing and nothing is there twice.");
  expect(exitCode).toBe(0);
  expect(table).toMatchObject({ missing: 0, doubled: 0 });
  for (const [index, { url }] of sources.entries())
    expect(await (await fetch(`${url}/rate`)).json()).toMatchObject({ perSecond: rates[index] });
}, 180_000);

test("a sink that says it has read before it has written is found out by the drill", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer");
  await using supervised = await supervise(pipeline, [process.execPath, "test/careless-consumer.ts"]);
  const { exitCode, output, table } = await drill(pipeline, producer.url, supervised);
  expect(output).toContain("Failed: kill-consumer. To repeat it: --seed 6");
  expect(exitCode).toBe(1);
  expect(table["missing"]).toBeGreaterThan(0);
  const documents = await pipeline.db.collection("transactions").countDocuments();
  expect(Number(table["produced"]) - documents).toBe(Number(table["missing"]));
}, 180_000);

test("a drill that could do no harm, since nothing was in flight, fails as such", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer");
  await using supervised = await supervise(pipeline);
  const { exitCode, output, table } = await drill(pipeline, producer.url, supervised, { times: 1, rate: 0 });
  expect(output).toContain("✗ kill-consumer: harm 1 could do no harm: nothing was in flight");
  expect(exitCode).toBe(1);
  expect(table).toMatchObject({ missing: 0, doubled: 0 });
}, 180_000);

test("a drill that comes before the pipeline is ready says what does not answer, and what to do", async () => {
  await using pipeline = await createPipeline();
  const dataDir = mkdtempSync(join(tmpdir(), "pipeline-drill-"));
  try {
    beginRun(join(dataDir, "run.json"), [], portsWithOffset(0));
    const { exitCode, output } = await drill(pipeline, "http://127.0.0.1:1", { dataDir });
    expect(output).toContain("producer does not answer at http://127.0.0.1:1");
    expect(output).toContain("do: wait until bun start has said ready");
    expect(exitCode).toBe(1);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 60_000);
