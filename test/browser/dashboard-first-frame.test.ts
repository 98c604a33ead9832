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

/** A history in which Faker produced another number in each second. */
function withProduced(history: History, produced: number): History {
  const seconds = history.seconds.map(({ second, sources }) => {
    return { second, sources: { ...sources, faker: { ...sources.faker, produced } } };
  });
  return { ...history, seconds };
}

/** What the throughput's table says Faker produced, newest first. */
async function producedRows(page: Page): Promise<string[]> {
  return await page.locator("#throughput tbody tr td:nth-child(2)").allTextContents();
}

test.skipIf(findChromium() === undefined)(
  "a history that comes late changes no second that was told since",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "20" });
    const seconds = async (): Promise<number> =>
      (await getJson<History>(`${pipeline.dashboard.url}/api/history?range=900`)).seconds.length;
    await until("there are more seconds than a first frame repeats", async () => (await seconds()) > 14);
    const send = Promise.withResolvers<void>();
    await using opened = await openPage(pipeline.dashboard.url, {}, (page) =>
      page.route("**/api/history*", async (route) => {
        const answer = await route.fetch();
        const old = withProduced((await answer.json()) as History, OLD);
        await send.promise;
        await route.fulfill({ response: answer, json: old });
      }),
    );
    const { page } = opened;
    await page.getByRole("button", { name: "Show throughput as a table" }).click();
    const told = await until("the first frame is drawn", async () => {
      const rows = (await producedRows(page)).filter((text) => /\d/.test(text));
      return rows.length >= 8 && rows.length;
    });
    send.resolve();
    const rows = await until("the history is drawn", async () => {
      const now = await producedRows(page);
      return now.includes(SHOWN) && now;
    });
    expect(rows.indexOf(SHOWN)).toBeGreaterThanOrEqual(told);
  },
  60_000,
);
