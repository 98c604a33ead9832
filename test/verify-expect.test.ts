import { expect, test } from "bun:test";
import type { FaultShares } from "#contract/reasons.ts";
import { getJson, type SourceStats, setRate } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { cleanEnvironment, type ServiceProcess, startChild } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

interface Stats extends SourceStats {
  readonly made: number;
}

const stats = (source: ServiceProcess): Promise<Stats> => getJson<Stats>(`${source.url}/stats`);

/** `bun run verify ARGS` as somebody at a terminal runs it. */
async function verify(pipeline: Pipeline, source: ServiceProcess, ...args: string[]): Promise<[number, string]> {
  const env = {
    ...cleanEnvironment(),
    ...pipeline.env,
    FAKER_URL: source.url,
    MOCKOON_SOURCE_URL: "http://127.0.0.1:1",
  };
  const child = startChild([process.execPath, "verify/run.ts", ...args], env);
  return [await child.process.exited, child.output()];
}

async function makeUntil(source: ServiceProcess, made: number): Promise<void> {
  await setRate(source.url, 2_000);
  await until(`${made} are made`, async () => (await stats(source)).made >= made);
  await setRate(source.url, 0);
  await until("nothing is pending", async () => (await stats(source)).pending === 0);
}

async function putFaults(source: ServiceProcess, shares: Partial<FaultShares>): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${source.url}/faults`, { method: "PUT", headers, body: JSON.stringify(shares) });
  expect(answer.status).toBe(200);
}

test("bun run verify --expect holds the ledger against the seed, also when the faults were changed meanwhile", async () => {
  await using pipeline = await createPipeline();
  await pipeline.start("consumer");
  const source = await pipeline.start("producer", { SEED: "31" });
  await makeUntil(source, 1_000);
  await putFaults(source, { duplicate: 0.1, malformed: 0.1, conflict: 0.1, late: 0.1 });
  await makeUntil(source, 3_000);
  await putFaults(source, {});
  await makeUntil(source, 4_000);

  const { made } = await stats(source);
  const [code, output] = await verify(pipeline, source, "--expect");
  expect(output).toContain(`✓ Faker's ${made} transactions of seed 31 are where they were predicted: `);
  expect(code).toBe(0);

  // The same run without faults, or of another length, is another run.
  const [wrong, said] = await verify(pipeline, source, "--expect", "--seed", "31", "--count", String(made));
  expect(said).toMatch(/✗ Faker's .*duplicates: predicted 0, found \d+/);
  expect(wrong).toBe(1);

  expect((await fetch(`${source.url}/transactions`, { method: "POST" })).status).toBe(201);
  const [unknown, why] = await verify(pipeline, source, "--expect");
  expect(why).toContain("not predictable: 1 were sent on request");
  expect(unknown).toBe(1);
}, 180_000);

test("bun run verify --expect says what is wrong with its arguments: exit code 64", async () => {
  await using pipeline = await createPipeline({ withoutTopics: true });
  const source = await pipeline.start("producer");
  const [code, output] = await verify(pipeline, source, "--expect", "--seed", "many", "--count", "5");
  expect(output).toContain("--seed: found many, accepted: a whole number");
  expect(output).toContain("bun run verify [--json]");
  expect(code).toBe(64);
}, 60_000);
