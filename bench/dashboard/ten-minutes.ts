import { startDashboardPipeline } from "../../test/browser/dashboard-pipeline.ts";
import { type RawTab, startRawChromium } from "../../test/harness/raw-chromium.ts";
import { until } from "../../test/harness/until.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { type Contestant, runRounds } from "../rounds.ts";
import { startFedDashboard } from "./fed-dashboard.ts";

const PER_SECOND = 1_000;
const MINUTES = 10;
const SETTLE_MS = 30_000;
const SHOWN = "shown";
const HIDDEN = "in the background";

/** Does the page grow while it is open, and what does it cost in the background? */
export const tenMinutes: Question = { name: "dashboard-ten-minutes", ask };

/** Once, whatever was asked for: it takes twenty minutes. */
async function ask({ onProgress }: BenchContext): Promise<Answer> {
  await using pipeline = await startDashboardPipeline();
  await using dashboard = await startFedDashboard(pipeline, PER_SECOND);
  const contestant = (name: string, isHidden: boolean): Contestant => ({
    name,
    run: () => watch(dashboard.service.url, isHidden),
  });
  const measured = await runRounds([contestant(SHOWN, false), contestant(HIDDEN, true)], 1, onProgress);
  const of = (name: string, figure: string): string =>
    (measured.find((row) => row.name === name)?.figures[figure]?.median ?? Number.NaN).toFixed(2);
  return {
    name: tenMinutes.name,
    question: `Does the page grow in ${MINUTES} minutes, and what does it cost in the background?`,
    how: `At ${PER_SECOND.toLocaleString("en-US")} tx/s, after ${SETTLE_MS / 1000} s of settling; memory after a collection of garbage, once a minute. In the background: a second tab of the same window is in front.`,
    measured,
    verdicts: [
      `after ${MINUTES} minutes it takes ${of(SHOWN, "heap MB at the end")} MB, ${of(SHOWN, "growth MB")} MB more than at the beginning`,
      `in the background the main thread runs for ${of(HIDDEN, "main thread, CPU ms per s")} ms a second`,
    ],
  };
}

async function watch(url: string, isHidden: boolean): Promise<Record<string, number>> {
  await using chromium = await startRawChromium();
  const tab = await chromium.open(url);
  await tab.send("Performance.enable");
  if (isHidden) {
    await until("the page is hidden", async () => {
      await tab.hide();
      return (await tab.evaluate("document.visibilityState")) === "hidden";
    });
  }
  await Bun.sleep(SETTLE_MS);
  const heaps = [await heapMb(tab)];
  const before = await threadSeconds(tab);
  const startedAt = performance.now();
  for (let minute = 0; minute < MINUTES; minute++) {
    await Bun.sleep(60_000);
    heaps.push(await heapMb(tab));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const [first = Number.NaN, middle = Number.NaN, last = Number.NaN] = [0, MINUTES / 2, MINUTES].map((at) => heaps[at]);
  return {
    "main thread, CPU ms per s": (((await threadSeconds(tab)) - before) * 1000) / seconds,
    "heap MB at the end": last,
    "growth MB": last - first,
    "of it in the second half": last - middle,
  };
}

async function heapMb(tab: RawTab): Promise<number> {
  await tab.send("HeapProfiler.collectGarbage");
  return Number((await tab.send("Runtime.getHeapUsage"))["usedSize"]) / 1e6;
}

async function threadSeconds(tab: RawTab): Promise<number> {
  const { metrics } = (await tab.send("Performance.getMetrics")) as { metrics?: { name: string; value: number }[] };
  return metrics?.find(({ name }) => name === "ThreadTime")?.value ?? Number.NaN;
}
