import { expect, test } from "bun:test";
import { findChromium } from "../harness/chromium.ts";
import { createPipeline } from "../harness/pipeline.ts";
import { until } from "../harness/until.ts";
import { openPage } from "./open-page.ts";

/** One of the page's files alone, and all of them together, as when a network of the machine comes or goes. */
const LOST = ["main-*.js", "uplot-*.js", "style-*.css", "*"];

test.skipIf(findChromium() === undefined)(
  "a page whose files are lost on the way loads itself again",
  async () => {
    await using pipeline = await createPipeline();
    const dashboard = await pipeline.start("dashboard");
    for (const lost of LOST) {
      let dropped = 0;
      await using opened = await openPage(dashboard.url, {}, async (page) => {
        await page.route(`**/assets/${lost}`, (route) => {
          dropped++;
          return route.abort("connectionreset");
        });
        // The page that loads itself gets everything.
        page.on("domcontentloaded", () => void page.unroute(`**/assets/${lost}`));
      });
      const { page } = opened;
      expect(dropped, lost).toBeGreaterThan(0);
      await until(`it has its styles after ${lost} was lost`, () =>
        page.evaluate(() => (document.styleSheets[0]?.cssRules.length ?? 0) > 0),
      );
      await page.getByRole("button", { name: "1 min", exact: true }).click();
    }
  },
  60_000,
);
