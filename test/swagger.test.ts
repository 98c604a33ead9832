import { expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { findChromium, startChromium } from "./harness/chromium.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { until } from "./harness/until.ts";

interface Sent {
  transaction: { transaction_id: string };
  delivery: { topic: string; partition: number; offset: number };
}

/** Runs in the page. */
function isResolved(place: readonly string[]): boolean {
  const { ui } = window as unknown as { ui: { specSelectors: { specResolvedSubtree(at: unknown): unknown } } };
  return ui.specSelectors.specResolvedSubtree(place) !== undefined;
}

/** Every route of the page, as it is filled in; none may fail. */
async function executeAll(page: Page, url: string): Promise<void> {
  // Another page in between: the address names the route that was opened last, and would open it again.
  await page.goto("about:blank");
  await page.goto(`${url}/docs`);
  const blocks = page.locator(".opblock");
  await blocks.first().waitFor();
  const count = await blocks.count();
  expect(count).toBeGreaterThan(10);
  for (let index = 0; index < count; index++) {
    const block = blocks.nth(index);
    const head = block.locator(".opblock-summary-control");
    await head.click();
    const method = (await block.locator(".opblock-summary-method").textContent())?.toLowerCase();
    const path = await block.locator("[data-path]").first().getAttribute("data-path");
    // Nobody clicks as fast as this test: before a route's references are resolved Swagger does not find what to execute.
    await until(`${path} is resolved`, () => page.evaluate(isResolved, ["paths", path ?? "", method ?? ""]));
    await block.locator("button.execute").click();
    const row = block.locator("table.live-responses-table tr.response").first();
    await row.waitFor({ timeout: 20_000 });
    const status = (await row.locator(".response-col_status").textContent())?.trim();
    expect(`${await head.textContent()}: ${status}`).toMatch(/: 20[01]/);
    await head.click();
    // What is below moves while this one closes: a click that was aimed before would meet something else.
    await block.locator(".opblock-body").waitFor({ state: "detached" });
  }
}

test.skipIf(findChromium() === undefined)(
  "in Swagger, Execute sends one transaction and shows it with its place, every route can be executed, and no request leaves the machine",
  async () => {
    await using pipeline = await createPipeline();
    const services = [await pipeline.start("producer"), await pipeline.start("producer-mockoon")];
    const browser: Browser = await startChromium();
    try {
      for (const { url, name } of services) {
        await until(`${name} is ready`, async () => (await fetch(`${url}/readyz`)).ok);
        const page = await browser.newPage();
        const foreign: string[] = [];
        const complaints: string[] = [];
        page.on("request", (request) => {
          const { protocol, origin } = new URL(request.url());
          if (protocol !== "data:" && protocol !== "blob:" && origin !== url) foreign.push(request.url());
        });
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        await page.goto(`${url}/docs`);
        const stream = name === "producer" ? "/real_time_response" : "/transactions";
        for (const [method, path] of [
          ["get", stream],
          ["post", "/transactions"],
        ] as const) {
          const block = page.locator(`.opblock-${method}:has([data-path="${path}"])`).first();
          await block.waitFor();
          await block.locator(".opblock-summary-control").click();
          // A body that Swagger fills in is a transaction of its own; an empty one asks for a new one.
          const editor = block.locator("textarea.body-param__text");
          if ((await editor.count()) > 0) await editor.fill("");
          await block.locator("button.execute").click();
          const row = block.locator("table.live-responses-table tr.response").first();
          await row.waitFor({ timeout: 20_000 });
          expect((await row.locator(".response-col_status").textContent())?.trim()).toStartWith("201");
          const shown = JSON.parse((await row.locator("pre code").first().textContent()) ?? "") as Sent;
          expect(shown.transaction.transaction_id).toStartWith("TXN-");
          expect(Object.values(pipeline.topics)).toContain(shown.delivery.topic);
          expect(shown.delivery.partition).toBeWithin(0, 3);
          expect(shown.delivery.offset).toBeGreaterThanOrEqual(0);
        }
        await executeAll(page, url);
        expect(foreign).toEqual([]);
        expect(complaints).toEqual([]);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  },
  120_000,
);
