import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import type { History, Tick } from "../../dashboard/web/feed-format.ts";
import { openEventSource } from "../conformance/event-source.ts";
import { findChromium } from "../harness/chromium.ts";
import { getJson } from "../harness/http.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { openPage } from "./open-page.ts";

test.skipIf(findChromium() === undefined)(
  "what becomes known after a page has asked for its history and before its stream is open is on the page",
  async () => {
    await using pipeline = await startDashboardPipeline();
    const open = Promise.withResolvers<void>();
    await using opened = await openPage(pipeline.dashboard.url, {}, (page) =>
      page.route("**/events", async (route) => {
        await open.promise;
        await route.continue();
      }),
    );
    const { page } = opened;
    const history = await page.evaluate(async () => await (await fetch("api/history?range=900")).text());
    expect((JSON.parse(history) as History).samples).toEqual([]);
    {
      await using other = await openEventSource(`${pipeline.dashboard.url}/events`);
      await fetch(`${pipeline.producer.url}/transactions`, { method: "POST" });
      await until("a tick has told of it", () =>
        other.events.slice(1).some(({ data }) => (JSON.parse(data) as Tick).samples.length > 0),
      );
    }
    open.resolve();
    await page.locator("#recent tbody tr").first().waitFor();
    await page.locator("#tile-throughput").getByText("1 stored").waitFor();
  },
  60_000,
);

const OLD = 7_777_777;
const SHOWN = "7,777,777";

/** A history with another number of Faker's in each second, and a transaction that is newer than all others. */
function changed(history: History): History {
  const seconds = history.seconds.map(({ second, sources }) => {
    return { second, sources: { ...sources, faker: { ...sources.faker, produced: OLD } } };
  });
  const [sample] = history.samples;
  return {
    ...history,
    seconds,
    samples: sample ? [{ ...sample, id: "TXN-LATE", storedAtMs: Date.now() + 3_600_000 }] : [],
  };
}

/** What the throughput's table says Faker produced, newest first. */
async function producedRows(page: Page): Promise<string[]> {
  const rows = await page.locator("#throughput tbody tr td:nth-child(2)").allTextContents();
  return rows.filter((text) => /\d/.test(text));
}

test.skipIf(findChromium() === undefined)(
  "a history that comes late changes no second that was told since",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "20" });
    await until("there is a history", async () => {
      const { seconds, samples } = await getJson<History>(`${pipeline.dashboard.url}/api/history?range=300`);
      return samples.length > 0 && seconds.length > 1;
    });
    const send = Promise.withResolvers<void>();
    await using opened = await openPage(pipeline.dashboard.url, {}, (page) =>
      page.route("**/api/history*", async (route) => {
        // The one that comes after the first frame is another.
        if (!route.request().url().endsWith("=300")) return;
        const answer = await route.fetch();
        const json = changed((await answer.json()) as History);
        await send.promise;
        await route.fulfill({ response: answer, json });
      }),
    );
    const { page } = opened;
    await page.getByRole("button", { name: "Show throughput as a table" }).click();
    const told = await until("seconds are told", async () => {
      const rows = await producedRows(page);
      return rows.length > 3 && rows.length;
    });
    send.resolve();
    await page.locator("#recent tbody").getByText("TXN-LATE").waitFor();
    expect((await producedRows(page)).slice(0, told)).not.toContain(SHOWN);
  },
  60_000,
);
