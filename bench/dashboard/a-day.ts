import type { CDPSession, Page } from "playwright-core";
import type { Tick } from "../../dashboard/web/feed-format.ts";
import { startDashboardPipeline } from "../../test/browser/dashboard-pipeline.ts";
import { startChromium } from "../../test/harness/chromium.ts";
import { until } from "../../test/harness/until.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds, spreadOf } from "../rounds.ts";
import { startFedDashboard } from "./fed-dashboard.ts";

const PER_SECOND = 1_000;
const HOURS = 24;
/** Of each end of the day: single measurements differ by some tenths. By the second hour all that is kept is full. */
const [EARLY, LATE] = [
  [2, 6],
  [20, 24],
] as const;

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
    how: `The page at ${PER_SECOND.toLocaleString("en-US")} tx/s. Then its stream is replaced: it hears the ticks of ${HOURS} hours (ten a second, of the server's last one, with times, seconds and transactions of their own) as fast as it can, and draws a frame for each minute. Memory after a collection of garbage, once an hour: the medians of five hours.`,
    measured,
    verdicts: [`from the morning to the night the page grows by ${growth.toFixed(2)} MB`],
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
    const median = ([from, to]: readonly [number, number]): number => spreadOf(heaps.slice(from - 1, to)).median;
    const [early, late] = [median(EARLY), median(LATE)];
    return { "MB, hours 2 to 6": early, "MB, hours 20 to 24": late, "growth MB": late - early };
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
  const RATE_MS = 2_100;
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
        if (passed > 0) return;
        // Not every tick has all of it.
        const samples = tick.samples.length > 0 ? tick.samples : (whole?.samples ?? []);
        const seconds = tick.seconds.length > 0 ? tick.seconds : (whole?.seconds ?? []);
        whole = { ...whole, ...tick, samples, seconds };
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
    isReady: () => whole?.slow !== undefined && whole.samples.length > 0 && whole.seconds.length > 0,
    passHour: async (): Promise<void> => {
      source?.close();
      for (let second = 0; second < 3_600; second++) {
        if (whole !== undefined) passSecond(whole);
        if (second % SECONDS_A_FRAME === 0) await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      // The page remembers when it heard the ticks of the last two seconds, and here those are thousands.
      await new Promise((resolve) => setTimeout(resolve, RATE_MS));
      if (whole !== undefined) passSecond(whole);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    },
  });
}
