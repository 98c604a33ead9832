import { expect, test } from "bun:test";
import type { FaultShares } from "#contract/reasons.ts";
import { expectedOf } from "#source/expected.ts";
import { findChromium } from "../harness/chromium.ts";
import { getJson, type SourceStats, setRate } from "../harness/http.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { numberIn, openPage, tile } from "./open-page.ts";

const SEED = 7_700_077;
const SHARES: FaultShares = { duplicate: 0.02, late: 0.01, malformed: 0.01, conflict: 0.01, oversize: 0 };

test.skipIf(findChromium() === undefined)(
  "with faults on purpose and the consumer killed, the page's tiles end at what the seed predicted and verify says",
  async () => {
    await using pipeline = await startDashboardPipeline({ SEED: String(SEED) });
    await using opened = await openPage(pipeline.dashboard.url);
    const { page, complaints } = opened;
    const stats = (): Promise<SourceStats & { made: number }> => getJson(`${pipeline.producer.url}/stats`);
    const faults = await fetch(`${pipeline.producer.url}/faults`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(SHARES),
    });
    expect(faults.ok).toBe(true);
    await setRate(pipeline.producer.url, 3_000);
    await until("5,000 are made", async () => (await stats()).made > 5_000);
    pipeline.consumer.kill("SIGKILL");
    await page.getByText(/The consumer is down since/).waitFor();
    await until("12,000 are made", async () => (await stats()).made > 12_000);
    await setRate(pipeline.producer.url, 0);
    const last = await until("nothing is pending", async () => {
      const now = await stats();
      return now.pending === 0 && now;
    });
    const port = new URL(pipeline.consumer.url).port;
    await pipeline.start("consumer", { PORT: port });

    await until(
      "the page says that all is accounted for",
      async () => (await tile(page, "accounted")).note.startsWith("✓ all"),
      90_000,
    );
    const expected = expectedOf(SEED, SHARES, last.made);
    const letters = await tile(page, "dead-letters");
    const shown = {
      records: numberIn((await tile(page, "accounted")).note),
      stored: numberIn((await tile(page, "faker")).note),
      deadLettered: numberIn(letters.value),
      duplicates: numberIn(letters.note),
    };
    expect(shown).toEqual({
      records: expected.records,
      stored: expected.stored,
      deadLettered: expected.deadLettered,
      duplicates: expected.duplicates,
    });
    const account = await pipeline.verify();
    expect(account.checks.filter(({ ok }) => !ok)).toEqual([]);
    const sum = (field: "stored" | "duplicates" | "deadLettered"): number =>
      account.lines.reduce((total, line) => total + line[field], 0);
    expect(shown).toMatchObject({
      stored: sum("stored"),
      deadLettered: sum("deadLettered"),
      duplicates: sum("duplicates"),
    });

    // The seconds of the charts must add up to the same, also those that the consumer stored after its death.
    await until("the seconds add up", async () => {
      const { seconds } = await getJson<{ seconds: { sources: { faker: { sales: { stored: number } | null } } }[] }>(
        `${pipeline.dashboard.url}/api/history`,
      );
      return seconds.reduce((total, { sources }) => total + (sources.faker.sales?.stored ?? 0), 0) === expected.stored;
    });
    await page.reload();
    await until("a reload says the same", async () => numberIn((await tile(page, "faker")).note) === expected.stored);
    await page.locator("#tile-accounted button").click();
    await page.getByText(/All [\d,]+ records are accounted for/).waitFor();
    expect(await page.locator("#ledger tbody tr").count()).toBe(6);
    expect(complaints).toEqual([]);
  },
  180_000,
);
