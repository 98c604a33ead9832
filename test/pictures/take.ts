/**
 * `bun run pictures`: the README's pictures of the live page, taken of a pipeline that really runs. It stands among
 * the tests because it starts the same servers and the same browser as they do.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { printProgress } from "../../stack/progress.ts";
import { startDashboardPipeline } from "../browser/dashboard-pipeline.ts";
import { startChromium } from "../harness/chromium.ts";
import { setRate } from "../harness/http.ts";
import { mockoonUrl } from "../harness/servers.ts";
import { PROJECT } from "../harness/service-process.ts";
import { until } from "../harness/until.ts";
import { useNicerFont } from "./nicer-font.ts";
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
const folder = mkdtempSync(join(tmpdir(), "pictures-"));
try {
  await useNicerFont(folder);
  await takeAll();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

async function takeAll(): Promise<void> {
  say("starting the pipeline …");
  await using pipeline = await startDashboardPipeline({ FAULTS }, { mockoon: `${await mockoonUrl()}?count=50` });
  await Promise.all([setRate(pipeline.producer.url, RATES.faker), setRate(pipeline.mockoon.url, RATES.mockoon)]);
  const browser = await startChromium();
  try {
    say(`letting it run until ${RANGE_SECONDS} s are full …`);
    await until("the range is full", () => isFull(pipeline.dashboard.url), 180_000);
    for (const picture of PICTURES) {
      const context = await browser.newContext({ locale: "en-US", ...picture.context });
      const page = await context.newPage();
      await page.addInitScript((range) => localStorage.setItem("transactions.range", String(range)), RANGE_SECONDS);
      await page.goto(pipeline.dashboard.url);
      await page.locator("#recent tbody tr:nth-child(12) td").first().waitFor();
      await until("the charts are drawn", async () =>
        /between \d/.test((await page.locator("#time-to-store .plot").getAttribute("aria-label")) ?? ""),
      );
      await picture.prepare?.(page);
      const png = shrinkPng(await page.screenshot({ fullPage: picture.isWhole ?? false }));
      await Bun.write(join(PROJECT, "archi", `${picture.name}.png`), png);
      say(`archi/${picture.name}.png, ${Math.round(png.byteLength / 1000)} KB`);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

async function isFull(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/api/history?range=${RANGE_SECONDS}`);
  const { seconds } = (await answer.json()) as { seconds: unknown[] };
  return seconds.length >= RANGE_SECONDS - 2;
}

/** The cursor on one chart moves those of the others. */
async function hover(page: Page): Promise<void> {
  await page.locator("#charts").evaluate((charts) => window.scrollTo(0, charts.getBoundingClientRect().top - 70));
  const over = await page.locator("#throughput .u-over").boundingBox();
  if (over === null) throw new Error("the chart has no place on the page");
  await page.mouse.move(over.x + over.width * 0.6, over.y + over.height * 0.4);
  await page.locator("#revenue .u-cursor-x:not(.u-off)").waitFor({ state: "attached" });
}
