import type { CDPSession, Page } from "playwright-core";
import { startChromium } from "../../test/harness/chromium.ts";
import { spreadOf } from "../rounds.ts";
import { installProbe, type Probe } from "./page-probe.ts";

/** How a page is measured. */
export interface PageOptions {
  readonly url: string;
  /** Name of the events that it hears. */
  readonly event: "tick" | "message";
  readonly settleMs: number;
  readonly measureMs: number;
}

/** While frames are counted, the page is busier: so that is done afterwards, in this time. */
const FRAMES_MS = 3_000;
/** A page that is frozen never answers. */
const DEADLINE_MS = 20_000;

/** Opens a page in a Chromium of its own, 1280 × 800, and says what it costs. */
export async function measurePage(options: PageOptions): Promise<Record<string, number>> {
  const browser = await startChromium();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US" });
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    await page.addInitScript(installProbe, options.event);
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    await page.goto(options.url);
    await Bun.sleep(options.settleMs);
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
    if (probe === undefined) return { ...mainThread, "frames per s": 0 };
    const heap = await heapMb(session);
    return {
      ...mainThread,
      ...figuresOf(probe, options.settleMs),
      "heap MB": heap,
      "heap growth MB": heap - heapBefore,
    };
  } finally {
    await browser.close();
  }
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
    "first paint ms": probe.firstPaintMs,
    ...(probe.historyMs > 0 && { "history drawn ms": probe.historyMs }),
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
