import type { CDPSession, Page } from "playwright-core";
import type { Tick } from "../../dashboard/web/feed-format.ts";
import { startDashboardPipeline } from "../../test/browser/dashboard-pipeline.ts";
import { startChromium } from "../../test/harness/chromium.ts";
import { until } from "../../test/harness/until.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { startFedDashboard } from "./fed-dashboard.ts";

const PER_SECOND = 1_000;
const HOURS = 24;
/** By then everything that the page keeps is full: half an hour of seconds, 200 transactions. */
const FULL_AFTER_HOURS = 1;

/** Does the page grow when it is open for a day? */
export const aDay: Question = { name: "dashboard-day", ask };

interface DayWindow {
  readonly passHour: () => Promise<void>;
  readonly isReady: () => boolean;
}

/** Once, whatever was asked for. */
async function ask({ onProgress }: BenchContext): Promise<Answer> {
  await using pipeline = await startDashboardPipeline();
  await using dashboard = await startFedDashboard(pipeline, PER_SECOND);
  const run = (): Promise<Record<string, number>> => passDay(dashboard.service.url, onProgress);
  const measured = await runRounds([{ name: "**ours**", run }], 1, onProgress);
  const growth = measured[0]?.figures["growth MB"]?.median ?? Number.NaN;
  return {
    name: aDay.name,
    question: "Does the page grow when it is open for a day?",
    how: `The page at ${PER_SECOND.toLocaleString("en-US")} tx/s. Then its stream is replaced: it hears the ticks of ${HOURS} hours (ten a second, of the server's last one, with times, seconds and transactions of their own) as fast as it can, and draws a frame for each minute. Memory after a collection of garbage.`,
    measured,
    verdicts: [`from the first hour's end to the day's end the page grows by ${growth.toFixed(2)} MB`],
  };
}

async function passDay(url: string, onProgress: (text: string) => void): Promise<Record<string, number>> {
  const browser = await startChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-US" });
    await page.addInitScript(installDay);
    await page.goto(url);
    await until("a whole tick was heard", () => inPage(page, "isReady"));
    const session = await page.context().newCDPSession(page);
    const heaps: number[] = [];
    for (let hour = 1; hour <= HOURS; hour++) {
      await inPage(page, "passHour");
      heaps.push(await heapMb(session));
      onProgress(`after ${hour} h: ${heaps.at(-1)?.toFixed(2)} MB`);
    }
    const [full = Number.NaN, noon = Number.NaN, end = Number.NaN] = [FULL_AFTER_HOURS, HOURS / 2, HOURS].map(
      (hour) => heaps[hour - 1],
    );
    return { "MB after 1 h": full, "MB after 12 h": noon, "MB after 24 h": end, "growth MB": end - full };
  } finally {
    await browser.close();
  }
}

async function inPage(page: Page, name: keyof DayWindow): Promise<unknown> {
  return await page.evaluate(async (called): Promise<unknown> => (window as unknown as DayWindow)[called](), name);
}

async function heapMb(session: CDPSession): Promise<number> {
  await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
}

/** Runs in the page before its own scripts; so it stands alone. */
function installDay(): void {
  const SECONDS_A_FRAME = 60;
  let source: EventSource | undefined;
  let whole: Tick | undefined;
  let passed = 0;
  const Original = EventSource;
  window.EventSource = class extends Original {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, init);
      source = this;
      this.addEventListener("tick", (event) => {
        const tick = JSON.parse(event.data) as Tick;
        if (passed === 0 && tick.slow !== undefined && tick.samples.length > 0 && tick.seconds.length > 0) whole = tick;
      });
    }
  };
  const tell = (tick: Tick): void => {
    source?.dispatchEvent(new MessageEvent("tick", { data: JSON.stringify(tick) }));
  };
  const passSecond = (tick: Tick): void => {
    passed++;
    const nowMs = tick.nowMs + passed * 1000;
    const [second] = tick.seconds;
    if (second === undefined) return;
    const seconds = [{ ...second, second: second.second + passed }];
    const samples = tick.samples.map((sample, index) => ({
      ...sample,
      id: `TXN-${passed}-${index}`,
      storedAtMs: sample.storedAtMs + passed * 1000,
    }));
    tell({ ...tick, nowMs, seconds, samples });
    for (let tenth = 1; tenth < 10; tenth++)
      tell({ nowMs: nowMs + tenth * 100, ledger: tick.ledger, seconds: [], samples: [] });
  };
  Object.assign(window, {
    isReady: () => whole !== undefined,
    passHour: async (): Promise<void> => {
      source?.close();
      for (let second = 0; second < 3_600; second++) {
        if (whole !== undefined) passSecond(whole);
        if (second % SECONDS_A_FRAME === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    },
  });
}
