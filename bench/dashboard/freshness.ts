import type { StoredTransaction } from "#contract/storage.ts";
import { COLLECTIONS, ledgerId } from "#contract/storage.ts";
import { type DashboardPipeline, startDashboardPipeline } from "../../test/browser/dashboard-pipeline.ts";
import { startChromium } from "../../test/harness/chromium.ts";
import { setRate } from "../../test/harness/http.ts";
import { until } from "../../test/harness/until.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { type Drawn, installDrawnProbe } from "./drawn-probe.ts";

const PER_SECOND = 1_000;
const SETTLE_MS = 5_000;
const MEASURE_MS = 15_000;
const NAME = "**ours**, 1,000 tx/s";

/** How old is a transaction when the page shows it? */
export const freshness: Question = { name: "dashboard-freshness", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  const measured = await runRounds([{ name: NAME, run: measure }], rounds, onProgress);
  const p99 = measured[0]?.figures["generated to drawn, p99 ms"]?.median ?? Number.NaN;
  return {
    name: freshness.name,
    question: "How old is a transaction when the page shows it?",
    how: `The whole real pipeline and Chromium on the same two cores; Faker sends ${PER_SECOND.toLocaleString("en-US")} transactions a second. From the produced_at of each of them to the end of the first frame whose counts hold it: generated, sent to Kafka, read, stored with majority and journal, told to the page, drawn. ${MEASURE_MS / 1000} s, every transaction counts.`,
    measured,
    verdicts: [`99 of 100 transactions are drawn within ${p99.toFixed(0)} ms of their making`],
  };
}

async function measure(): Promise<Record<string, number>> {
  await using pipeline = await startDashboardPipeline();
  const browser = await startChromium();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US" });
    const page = await context.newPage();
    await page.addInitScript(installDrawnProbe);
    await page.goto(pipeline.dashboard.url);
    await setRate(pipeline.producer.url, PER_SECOND);
    await Bun.sleep(SETTLE_MS);
    const from = Date.now();
    await Bun.sleep(MEASURE_MS);
    const to = Date.now();
    await setRate(pipeline.producer.url, 0);
    const stored = pipeline.db.collection(COLLECTIONS.transactions);
    const drawn = (): Promise<Drawn[]> => page.evaluate(() => (window as unknown as { drawn: Drawn[] }).drawn);
    await until("the last one is drawn", async () => {
      const last = Object.values((await drawn()).at(-1)?.stored ?? {}).reduce((sum, count) => sum + count, 0);
      return last > 0 && last === (await stored.countDocuments());
    });
    return agesOf(pipeline, await drawn(), from, to);
  } finally {
    await browser.close();
  }
}

async function agesOf(
  pipeline: DashboardPipeline,
  drawn: readonly Drawn[],
  from: number,
  to: number,
): Promise<Record<string, number>> {
  const found = pipeline.db
    .collection<StoredTransaction>(COLLECTIONS.transactions)
    .find({ "ingest.produced_at": { $gte: new Date(from), $lt: new Date(to) } }, { projection: { ingest: 1 } });
  const [ages, toStore]: [number[], number[]] = [[], []];
  for await (const { ingest } of found) {
    const producedAt = ingest.produced_at.getTime();
    const place = ledgerId(ingest.topic, ingest.partition);
    // Looks are in order, and there are few: the first one that has passed the offset.
    const frame = drawn.find(({ nextOffsets }) => (nextOffsets[place] ?? 0) > ingest.offset);
    if (frame === undefined) throw new Error(`${place}/${ingest.offset} was never drawn`);
    ages.push(frame.atMs - producedAt);
    toStore.push(ingest.stored_at.getTime() - producedAt);
  }
  if (ages.length === 0) throw new Error("no transaction was stored");
  const at = (values: number[], share: number): number =>
    values.sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN;
  return {
    "tx/s": (ages.length * 1000) / (to - from),
    "generated to drawn, p50 ms": at(ages, 0.5),
    "generated to drawn, p95 ms": at(ages, 0.95),
    "generated to drawn, p99 ms": at(ages, 0.99),
    "of it to stored, p99 ms": at(toStore, 0.99),
  };
}
