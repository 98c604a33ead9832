/**
 * `bun run pictures`: the README's pictures of the live page, taken of a pipeline that really runs. It stands among
 * the tests because it starts the same servers and the same browser as they do.
 */
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { percentileMs } from "#contract/rollup.ts";
import type { History, Second } from "../../dashboard/web/feed-format.ts";
import { printProgress } from "../../stack/progress.ts";
import { startDashboardPipeline } from "../browser/dashboard-pipeline.ts";
import { startChromium } from "../harness/chromium.ts";
import { setRate } from "../harness/http.ts";
import { mockoonUrl, startOwnKafka } from "../harness/servers.ts";
import { PROJECT } from "../harness/service-process.ts";
import { until } from "../harness/until.ts";
import { shrinkPng } from "./shrink-png.ts";

interface Picture {
  readonly name: string;
  readonly context: BrowserContextOptions;
  readonly isWhole?: boolean;
  readonly prepare?: (page: Page) => Promise<void>;
}

const RATES = { faker: 600, mockoon: 250 };
const FAULTS = "duplicate:0.004,malformed:0.0004";
/** The shortest range, which is then full. */
const RANGE_SECONDS = 60;
/** What is stored later than that waited for a browser that was starting on the same two cores. */
const LARGEST_MS = 500;
const DESKTOP = { width: 1280, height: 800 };
const PICTURES: readonly Picture[] = [
  { name: "dashboard-light", context: { viewport: DESKTOP, colorScheme: "light" }, isWhole: true },
  { name: "dashboard-dark", context: { viewport: DESKTOP, colorScheme: "dark" }, isWhole: true },
  {
    name: "dashboard-phone",
    context: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: "light" },
  },
  { name: "dashboard-hover", context: { viewport: { width: 1280, height: 760 }, colorScheme: "dark" }, prepare: hover },
];

const say = printProgress("pictures");
await takeAll();
process.exit(0);

async function takeAll(): Promise<void> {
  say("starting the pipeline …");
  await using kafka = await startOwnKafka();
  const servers = { broker: kafka.broker, mockoon: `${await mockoonUrl()}?count=50`, withRealNames: true };
  await using pipeline = await startDashboardPipeline({ FAULTS }, servers);
  await Promise.all([setRate(pipeline.producer.url, RATES.faker), setRate(pipeline.mockoon.url, RATES.mockoon)]);
  const browser = await startChromium();
  try {
    const pages = await Promise.all(PICTURES.map((picture) => open(browser, picture, pipeline.dashboard.url)));
    // Starting a browser takes both cores for a moment, and the page is honest about it: that has to pass out of sight.
    say(`letting it run until ${RANGE_SECONDS} calm seconds are full …`);
    await until("the range is full", () => isCalm(pipeline.dashboard.url), 300_000);
    for (const [index, picture] of PICTURES.entries()) {
      const page = pages[index];
      if (page === undefined) continue;
      await page.bringToFront();
      await picture.prepare?.(page);
      const png = shrinkPng(await page.screenshot({ fullPage: picture.isWhole ?? false }));
      await Bun.write(join(PROJECT, "archi", `${picture.name}.png`), png);
      say(`archi/${picture.name}.png, ${Math.round(png.byteLength / 1000)} KB`);
    }
  } finally {
    await browser.close();
  }
}

async function open(browser: Browser, picture: Picture, url: string): Promise<Page> {
  const context = await browser.newContext({ locale: "en-US", ...picture.context });
  const page = await context.newPage();
  await page.addInitScript((range) => localStorage.setItem("transactions.range", String(range)), RANGE_SECONDS);
  await page.goto(url);
  await page.locator("#recent tbody tr:nth-child(12) td").first().waitFor();
  return page;
}

/** Whether every second of the range is known, and all of them were stored in time. */
async function isCalm(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/api/history?range=${RANGE_SECONDS}`);
  const { nowMs, seconds } = (await answer.json()) as History;
  const shown = seconds.filter(({ second }) => second * 1000 > nowMs - RANGE_SECONDS * 1000);
  return shown.length >= RANGE_SECONDS - 2 && shown.every(isCalmSecond);
}

function isCalmSecond({ sources }: Second): boolean {
  return Object.values(sources).every(
    ({ produced, sales }) => produced && sales && (percentileMs(sales.latency, 0.99) ?? LARGEST_MS) < LARGEST_MS,
  );
}

/** The cursor on one chart moves those of the others. */
async function hover(page: Page): Promise<void> {
  await page.locator("#charts").evaluate((charts) => window.scrollTo(0, charts.getBoundingClientRect().top - 70));
  const over = await page.locator("#throughput .u-over").boundingBox();
  if (over === null) throw new Error("the chart has no place on the page");
  await page.mouse.move(over.x + over.width * 0.6, over.y + over.height * 0.4);
  await page.locator("#revenue .u-cursor-x:not(.u-off)").waitFor({ state: "attached" });
}
