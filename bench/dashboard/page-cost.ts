import { startDashboardPipeline } from "../../test/browser/dashboard-pipeline.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { type Contestant, type Measured, runRounds } from "../rounds.ts";
import { startFedDashboard } from "./fed-dashboard.ts";
import { measurePage } from "./measure-page.ts";
import { serveOriginal } from "./original-server.ts";
import { gzipBytes } from "./script-size.ts";

const RATES = [1, 100, 1_000, 10_000, 50_000];
const ORIGINAL_RATES = [1, 100, 1_000];
const TIMES = { settleMs: 4_000, measureMs: 6_000 };
const MAIN_THREAD = "main thread, CPU ms per s";
const ours = (rate: number): string => `**ours**, ${rate.toLocaleString("en-US")} tx/s`;
const original = (rate: number): string => `the original's way, ${rate.toLocaleString("en-US")} tx/s`;

/** What does the page cost the browser, from one transaction a second to 50,000? */
export const pageCost: Question = { name: "dashboard-page", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  await using pipeline = await startDashboardPipeline();
  const contestants = [
    ...RATES.map(
      (rate): Contestant => ({
        name: ours(rate),
        run: async () => {
          await using dashboard = await startFedDashboard(pipeline, rate);
          return {
            ...(await measurePage({ url: dashboard.service.url, event: "tick", hasHistory: true, ...TIMES })),
            "JavaScript KB, gzip": (await gzipBytes(dashboard.service.url)) / 1000,
          };
        },
      }),
    ),
    ...ORIGINAL_RATES.map(
      (rate): Contestant => ({
        name: original(rate),
        run: async () => {
          await using server = await serveOriginal(rate);
          const figures = await measurePage({ url: server.url, event: "message", hasHistory: false, ...TIMES });
          return { ...figures, "JavaScript KB, gzip": server.scriptBytes / 1000 };
        },
      }),
    ),
  ];
  const measured = await runRounds(contestants, rounds, onProgress);
  return {
    name: pageCost.name,
    question: "What does the live page cost the browser?",
    how: `Chromium, 1280 × 800, the full page with 15 minutes of history, range 5 minutes. ${TIMES.measureMs / 1000} s after ${TIMES.settleMs / 1000} s of settling; frames are counted afterwards, paints from the end of the settling on. The page begins with the five minutes that it shows, and reads the rest of the quarter of an hour after its first frame. First paint and history: the median of five openings with empty caches, from the beginning of the navigation, in a tab that has been open for a moment. The records really arrive in Kafka (one byte each, from Kafka's own load generator), and the dashboard's server is the real one; what the consumer would write of them (ledger, rollups, transactions for the tail) is written for it, since storing 50,000 a second leaves two cores nothing for a browser. CPU is the time that the main thread ran, busy the time that its tasks took while other processes ran as well. The original's way: Chart.js with its defaults, six charts, an event per transaction, all charts of the source updated at each; where a figure is missing, the page did not answer any more.`,
    measured,
    verdicts: verdictsOf(measured),
  };
}

function verdictsOf(measured: readonly Measured[]): string[] {
  const of = (name: string, figure: string): number =>
    measured.find((row) => row.name === name)?.figures[figure]?.median ?? Number.NaN;
  const costs = RATES.map((rate) => of(ours(rate), MAIN_THREAD));
  const [least, most] = [Math.min(...costs), Math.max(...costs)];
  const times = (rate: number): string => (of(original(rate), MAIN_THREAD) / of(ours(rate), MAIN_THREAD)).toFixed(1);
  return [
    `main thread from ${least.toFixed(0)} to ${most.toFixed(0)} ms per s between 1 and 50,000 tx/s: ±${(((most - least) / (most + least)) * 100).toFixed(0)} % around the middle`,
    `the original's way takes ${times(1)} × as much main thread at 1 tx/s, ${times(100)} × at 100, ${times(1_000)} × at 1,000, where it shows ${of(original(1_000), "frames per s").toFixed(0)} frames a second`,
  ];
}
