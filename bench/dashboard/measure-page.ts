import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";
import { startChromium } from "../../test/harness/chromium.ts";
import { until } from "../../test/harness/until.ts";
import { spreadOf } from "../rounds.ts";
import { installProbe, type Loaded, type Probe } from "./page-probe.ts";

/** How a page is measured. */
export interface PageOptions {
  readonly url: string;
  /** Name of the events that it hears. */
  readonly event: "tick" | "message";
  /** Whether it draws a past that it asks for. */
  readonly hasHistory: boolean;
  readonly settleMs: number;
  readonly measureMs: number;
}

/** While frames are counted, the page is busier: so that is done afterwards, in this time. */
const FRAMES_MS = 3_000;
/** A page that is frozen never answers. */
const DEADLINE_MS = 20_000;
const BROWSER_START_MS = 1_500;
const TAB_START_MS = 700;
/** The median counts. */
const LOADS = 5;

/** Opens a page in a Chromium of its own, 1280 × 800, and says what it costs. */
export async function measurePage(options: PageOptions): Promise<Record<string, number>> {
  const browser = await startChromium();
  try {
    // A person's browser has been running for a while.
    await Bun.sleep(BROWSER_START_MS);
    const loads = await measureLoads(browser, options);
    const { context, page } = await newPage(browser, options.event);
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    await page.goto(options.url);
    await Bun.sleep(options.settleMs);
    await within(page.evaluate(() => (window as unknown as { forgetPaints: () => void }).forgetPaints()));
    const heapBefore = await heapMb(session);
    const before = await metrics(session);
    await Bun.sleep(options.measureMs);
    const after = await metrics(session);
    const seconds = (after.at - before.at) / 1000;
    const mainThread = {
      "main thread, CPU ms per s": ((after.threadTime - before.threadTime) * 1000) / seconds,
      "main thread, busy ms per s": ((after.taskDuration - before.taskDuration) * 1000) / seconds,
    };
    const probe = await within(probeOf(page, FRAMES_MS));
    // A frozen page has neither drawn nor answered: what it did not do is not a figure, but no frames is one.
    if (probe === undefined) return { ...mainThread, ...loads, "frames per s": 0 };
    const heap = await heapMb(session);
    return {
      ...mainThread,
      ...loads,
      ...figuresOf(probe, options.settleMs),
      ...(Number.isFinite(heap - heapBefore) && { "heap MB": heap, "heap growth MB": heap - heapBefore }),
    };
  } finally {
    await browser.close();
  }
}

async function newPage(browser: Browser, event: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US" });
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  await page.addInitScript(installProbe, event);
  return { context, page };
}

/** Opens the page again and again, each time with empty caches. */
async function measureLoads(
  browser: Browser,
  { url, event, hasHistory }: PageOptions,
): Promise<Record<string, number>> {
  const [paints, histories]: [number[], number[]] = [[], []];
  for (let load = 0; load < LOADS; load++) {
    const { context, page } = await newPage(browser, event);
    // A tab that a person has open already.
    await Bun.sleep(TAB_START_MS);
    await page.goto(url, { waitUntil: "commit" });
    const loaded = await within(
      until("the page is there", async () => {
        const { firstPaintMs, historyMs } = await page.evaluate(() =>
          (window as unknown as { loaded: () => Loaded }).loaded(),
        );
        return firstPaintMs > 0 && (historyMs > 0 || !hasHistory) && { firstPaintMs, historyMs };
      }),
    );
    if (loaded !== undefined) {
      paints.push(loaded.firstPaintMs);
      if (hasHistory) histories.push(loaded.historyMs);
    }
    await within(context.close());
  }
  return {
    ...(paints.length > 0 && { "first paint ms": spreadOf(paints).median }),
    ...(histories.length > 0 && { "history drawn ms": spreadOf(histories).median }),
  };
}

function figuresOf(probe: Probe, settleMs: number): Record<string, number> {
  const paints = [...probe.paintMs].sort((a, b) => a - b);
  const late = probe.longTasks.filter(({ startMs }) => startMs > settleMs);
  return {
    "frames per s": probe.framesPerSecond,
    "long tasks": late.length,
    "longest task ms": Math.max(0, ...late.map(({ durationMs }) => durationMs)),
    "event to paint, median ms": spreadOf(paints).median,
    "event to paint, p95 ms": paints[Math.floor(paints.length * 0.95)] ?? Number.NaN,
  };
}

async function probeOf(page: Page, framesMs: number): Promise<Probe> {
  return page.evaluate((ms) => (window as unknown as { probe: (ms: number) => Promise<Probe> }).probe(ms), framesMs);
}

async function within<T>(answer: Promise<T>): Promise<T | undefined> {
  return Promise.race([answer.catch(() => undefined), Bun.sleep(DEADLINE_MS).then(() => undefined)]);
}

/** Kept after a collection of garbage. */
async function heapMb(session: CDPSession): Promise<number> {
  const answer = await within(
    session.send("HeapProfiler.collectGarbage").then(() => session.send("Runtime.getHeapUsage")),
  );
  return answer === undefined ? Number.NaN : answer.usedSize / 1e6;
}

interface Metrics {
  readonly at: number;
  readonly threadTime: number;
  readonly taskDuration: number;
}

async function metrics(session: CDPSession): Promise<Metrics> {
  const answer = await within(session.send("Performance.getMetrics"));
  const value = (name: string): number => answer?.metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { at: performance.now(), threadTime: value("ThreadTime"), taskDuration: value("TaskDuration") };
}
