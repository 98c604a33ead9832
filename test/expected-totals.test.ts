import { expect, test } from "bun:test";
import { type FaultShares, REASONS } from "#contract/reasons.ts";
import { COLLECTIONS } from "#contract/storage.ts";
import { expectedOf } from "#source/expected.ts";
import { getJson, type SourceStats, setRate } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

const SEED = 20_260_131;
const SHARES: FaultShares = { duplicate: 0.02, late: 0.02, malformed: 0.02, conflict: 0.02, oversize: 0.0002 };
const FAULTS = Object.entries(SHARES)
  .map(([kind, share]) => `${kind}:${share}`)
  .join(",");

interface Stats extends SourceStats {
  readonly made: number;
  readonly resent: number;
  readonly faults: Record<string, number>;
}

/** Runs a source with all faults until it made at least `count`, and holds everything against the prediction. */
async function expectPrediction(
  pipeline: Pipeline,
  count: number,
  consumer: () => Promise<ServiceProcess>,
): Promise<void> {
  const source = await pipeline.start("producer", { SEED: String(SEED), FAULTS, RATE: "8000" });
  const stats = (): Promise<Stats> => getJson<Stats>(`${source.url}/stats`);
  const { url } = await consumer();
  await until(`${count} are made`, async () => (await stats()).made >= count, 90_000);
  await setRate(source.url, 0);
  const last = await until(
    "nothing is pending",
    async () => {
      const now = await stats();
      return now.pending === 0 && now;
    },
    60_000,
  );
  expect(last.resent).toBe(0);
  const expected = expectedOf(SEED, SHARES, last.made);
  expect(last.faults).toEqual({ ...expected.faults });
  expect(last.acknowledged).toBe(expected.records);

  // A killed consumer's open transaction keeps its successor waiting until MongoDB ends it, a minute at most.
  await until(
    "the consumer has read everything",
    async () => (await getJson<{ totals: { lag: number } }>(`${url}/ledger`)).totals.lag === 0,
    100_000,
  );
  const account = await pipeline.verify(true);
  expect(account.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(account.checks.map(({ name }) => name)).toContain(
    `Faker's ${last.made} transactions of seed ${SEED} are where they were predicted`,
  );
  const sum = (field: "stored" | "duplicates" | "deadLettered"): number =>
    account.lines.reduce((total, line) => total + line[field], 0);
  expect({ stored: sum("stored"), duplicates: sum("duplicates"), deadLettered: sum("deadLettered") }).toEqual({
    stored: expected.stored,
    duplicates: expected.duplicates,
    deadLettered: expected.deadLettered,
  });
  const letters = pipeline.db.collection(COLLECTIONS.deadLetters);
  for (const reason of Object.keys(REASONS) as (keyof typeof REASONS)[]) {
    expect([reason, await letters.countDocuments({ reason })]).toEqual([reason, expected.reasons[reason] ?? 0]);
  }
}

test("50,000 with all faults end up as the seed predicted: stored, duplicate, parked with each reason", async () => {
  await using pipeline = await createPipeline();
  const consumer = await pipeline.start("consumer");
  await expectPrediction(pipeline, 50_000, async () => consumer);
}, 180_000);

test("25,000 with the consumer killed in the middle end up as predicted, too", async () => {
  await using pipeline = await createPipeline();
  const first = await pipeline.start("consumer");
  await expectPrediction(pipeline, 25_000, async () => {
    const documents = pipeline.db.collection(COLLECTIONS.transactions);
    await until("10,000 are stored", async () => (await documents.estimatedDocumentCount()) > 10_000, 60_000);
    first.kill("SIGKILL");
    await first.exited;
    return pipeline.start("consumer");
  });
}, 240_000);
