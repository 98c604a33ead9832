import { expect, test } from "bun:test";
import { findChromium } from "../harness/chromium.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { openPage, textOf, tile } from "./open-page.ts";

const skip = findChromium() === undefined;
/** More than the page has. */
const MOST_STOPS = 60;
const WANTED = [
  ...[
    "Back to live Esc",
    "1 min",
    "5 min",
    "15 min",
    "Reset counts",
    "Light or dark",
    "Rate of Faker",
    "Rate of Mockoon",
  ],
  ...["Rate of Faker, transactions per second", "Send one", "Faults: off", "Dead letters", "Accounted for"],
  ...["Throughput", "Show throughput as a table", "Revenue", "Time to store", "Search recent transactions", "Hold"],
];

test.skipIf(skip)(
  "every control is reached with the Tab key alone, and each shows that it has the focus",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "20" });
    await using opened = await openPage(pipeline.dashboard.url);
    const { page } = opened;
    await until("it is drawn", async () => (await tile(page, "accounted")).note.startsWith("✓"));
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Back to live" }).waitFor();
    const stops: { name: string; outline: number }[] = [];
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      await page.keyboard.press("Tab");
      const found = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === null || focused === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        const name = focused.getAttribute("aria-label") ?? focused.textContent ?? "";
        return { name, outline: outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth) };
      });
      if (found === undefined) break;
      stops.push(found);
    }
    const missing = WANTED.filter((wanted) => !stops.some(({ name }) => name.startsWith(wanted)));
    expect(missing).toEqual([]);
    expect(stops.filter(({ outline }) => outline < 1)).toEqual([]);

    await page.locator("#tile-accounted button").focus();
    await page.keyboard.press("Enter");
    await page.locator("#ledger[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#ledger[open]").waitFor({ state: "detached" });
    const back = await page.evaluate(() => document.activeElement?.closest("li")?.id);
    expect(back).toBe("tile-accounted");
    // Escape closed the dialog only.
    expect(await textOf(page.locator("#status"))).toContain("Paused");
  },
  90_000,
);

test.skipIf(skip)(
  "nothing on the page moves by itself, and at 200 % nothing is cut off",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "20" });
    await using opened = await openPage(pipeline.dashboard.url, {
      ...{ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, reducedMotion: "reduce" },
    });
    const { page, complaints } = opened;
    await until("it is drawn", async () => (await tile(page, "accounted")).note.startsWith("✓"));
    const moving = await page.evaluate(() => {
      const transitions = [...document.querySelectorAll("*")].filter((one) =>
        /[1-9]/.test(getComputedStyle(one).transitionDuration),
      );
      return [...transitions.map(({ tagName }) => tagName), ...document.getAnimations().map(String)];
    });
    expect(moving).toEqual([]);
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("button, h2, h3, .value, .note")]
        .filter((one) => one instanceof HTMLElement && one.offsetParent !== null)
        .filter((one) => {
          const { left, right } = one.getBoundingClientRect();
          return left < 0 || right > document.documentElement.clientWidth;
        })
        .map(({ textContent }) => textContent),
    );
    expect(cut).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBe(0);
    expect(complaints).toEqual([]);
  },
  60_000,
);
