import { expect, test } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { findChromium } from "../harness/chromium.ts";
import { setRate } from "../harness/http.ts";
import { createPipeline } from "../harness/pipeline.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { numberIn, openPage, textOf, tile } from "./open-page.ts";

const skip = findChromium() === undefined;
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

interface Look {
  readonly name: string;
  readonly width: number;
  readonly dark: boolean;
}

const WIDE: Look = { name: "light, 1280", width: 1280, dark: false };
const NARROW: Look = { name: "dark, 390", width: 390, dark: true };
const ALL: readonly Look[] = [
  WIDE,
  { name: "dark, 1280", width: 1280, dark: true },
  { name: "light, 390", width: 390, dark: false },
  NARROW,
];

/** What axe-core finds in a state of the page, in both themes and on both widths, together or each with each. */
async function expectNoFinding(page: Page, state: string, looks: readonly Look[] = [WIDE, NARROW]): Promise<void> {
  for (const { name, width, dark } of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    // The policy forbids a script element; the debugger may evaluate.
    if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
    const { violations } = await page.evaluate(
      (tags) =>
        (window as unknown as { axe: typeof axe }).axe.run({
          runOnly: { type: "tag", values: tags },
          // Most of its time went into describing what it has nothing against.
          resultTypes: ["violations"],
          selectors: false,
        }),
      RULES,
    );
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
    expect({ state, name, found }).toEqual({ state, name, found: [] });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect({ state, name, wider }).toEqual({ state, name, wider: 0 });
  }
}

test.skipIf(skip)(
  "axe-core finds nothing: empty, live, ledger open, letters open, faults open",
  async () => {
    await using pipeline = await startDashboardPipeline();
    await using opened = await openPage(pipeline.dashboard.url);
    const { page } = opened;
    await page.getByText("Nothing has been sold yet").waitFor();
    await expectNoFinding(page, "empty");

    const body = JSON.stringify({ malformed: 0.2 });
    const headers = { "content-type": "application/json" };
    await fetch(`${pipeline.producer.url}/faults`, { method: "PUT", headers, body });
    await setRate(pipeline.producer.url, 100);
    await until("it flows", async () => numberIn((await tile(page, "faker")).value) > 50);
    await expectNoFinding(page, "live", ALL);
    await page.getByRole("button", { name: "Show throughput as a table" }).click();
    await expectNoFinding(page, "table");
    await page.locator("#tile-accounted button").click();
    await expectNoFinding(page, "ledger");
    await page.keyboard.press("Escape");
    await page.locator("#tile-dead-letters button").click();
    await page.locator("#letters summary").first().click();
    await expectNoFinding(page, "letters");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "faults on purpose" }).click();
    await expectNoFinding(page, "faults");
  },
  400_000,
);

test.skipIf(skip)(
  "axe-core finds nothing while everything is down",
  async () => {
    await using pipeline = await createPipeline({ withoutTopics: true });
    const nowhere = "http://127.0.0.1:1";
    const dashboard = await pipeline.start("dashboard", {
      ...{ KAFKA_BROKER: "127.0.0.1:1", MONGO_URI: "mongodb://127.0.0.1:1/?directConnection=true" },
      ...{ FAKER_URL: nowhere, MOCKOON_SOURCE_URL: nowhere, CONSUMER_URL: nowhere },
    });
    await using opened = await openPage(dashboard.url);
    await opened.page.locator("#outages").getByText("MongoDB is down since").waitFor();
    await expectNoFinding(opened.page, "down");
  },
  180_000,
);

test.skipIf(skip)(
  "arrow keys move the cursor of all charts and say its values; a sentence comes by itself",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "50" });
    await using opened = await openPage(pipeline.dashboard.url);
    const { page } = opened;
    await until("some seconds are drawn", async () => {
      const label = await page.locator("#throughput .plot").getAttribute("aria-label");
      return /Faker: last \d/.test(label ?? "");
    });
    const said = (): Promise<string> => textOf(page.locator("#announcements"));
    await until("a sentence", async () => (await said()).includes("transactions per second produced"));
    await page.locator("#throughput .plot").focus();
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await until("the values at the cursor", async () => /^\d\d:\d\d:\d\d: Faker .*, Mockoon /.test(await said()));
    const lines = await page
      .locator(".u-cursor-x")
      .evaluateAll((all) => all.map((line) => line.classList.contains("u-off")));
    expect(lines).toEqual([false, false, false]);
  },
  60_000,
);
