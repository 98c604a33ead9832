import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { findChromium } from "../harness/chromium.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { openPage } from "./open-page.ts";

interface Drawings {
  readonly throughput: number;
  readonly recent: number;
}

/** How often each was drawn while the first of them was drawn so many times. */
async function drawingsIn(page: Page, times: number): Promise<Drawings> {
  await page.evaluate(() => {
    const drawings = { throughput: 0, recent: 0 };
    for (const id of ["throughput", "recent"] as const) {
      const drawn = document.querySelector(`#${id} ${id === "throughput" ? ".plot" : "tbody"}`);
      const changes = { attributes: true, childList: true, characterData: true, subtree: id === "recent" };
      if (drawn !== null) new MutationObserver(() => drawings[id]++).observe(drawn, changes);
    }
    Object.assign(window, { drawings });
  });
  return await until("it was drawn", async () => {
    const drawings = await page.evaluate(() => (window as unknown as { drawings: Drawings }).drawings);
    return drawings.throughput >= times && drawings;
  });
}

test.skipIf(findChromium() === undefined)(
  "what is below the fold is drawn seldom, and with the rest when it comes into sight",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "30" });
    await using opened = await openPage(pipeline.dashboard.url);
    const { page } = opened;
    await page.locator("#recent tbody tr").first().waitFor();

    const below = await drawingsIn(page, 6);
    expect(below.recent).toBeGreaterThanOrEqual(1);
    // A second that is told twice is drawn twice, with one label: then every third drawing is two in three seconds.
    expect(below.recent).toBeLessThan(below.throughput * 0.8);

    await page.locator("#recent").scrollIntoViewIfNeeded();
    const inSight = await drawingsIn(page, 6);
    expect(inSight.recent).toBeGreaterThan(below.recent);
  },
  90_000,
);
