import { expect, test } from "bun:test";
import { findChromium } from "../harness/chromium.ts";
import { getJson } from "../harness/http.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { drawnColumns } from "./drawn-columns.ts";
import { openPage } from "./open-page.ts";

interface Seconds {
  readonly seconds: readonly { readonly sources: { readonly faker: { readonly produced: number | null } } }[];
}

/** The widest hole between two columns that are drawn. */
function widestHole(columns: readonly number[]): number {
  return Math.max(0, ...columns.slice(1).map((column, index) => column - (columns[index] ?? column)));
}

test.skipIf(findChromium() === undefined)(
  "seconds in which Kafka was not asked are a gap in the line, neither a zero nor a bridge",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "100" });
    await using opened = await openPage(pipeline.dashboard.url);
    const { page } = opened;
    await page.getByRole("button", { name: "1 min", exact: true }).click();
    await until("the line is drawn", async () => (await drawnColumns(page, "faker")).length > 40);

    pipeline.dashboard.kill("SIGSTOP");
    const stored = (): Promise<number> => pipeline.db.collection("transactions").estimatedDocumentCount();
    const before = await stored();
    await until("half a dozen seconds have passed", async () => (await stored()) > before + 600);
    pipeline.dashboard.kill("SIGCONT");
    const produced = async (): Promise<(number | null)[]> => {
      const { seconds } = await getJson<Seconds>(`${pipeline.dashboard.url}/api/history?range=60`);
      return seconds.map(({ sources }) => sources.faker.produced);
    };
    await until("seconds after it are known again", async () => {
      const known = await produced();
      const gap = known.indexOf(
        null,
        known.findIndex((value) => value !== null),
      );
      return gap > 0 && known.slice(gap).filter((value) => value !== null).length > 3;
    });
    // A second is some ten pixels wide here.
    await until("the line has a hole", async () => widestHole(await drawnColumns(page, "faker")) > 20);
    await page.getByRole("button", { name: "Show throughput as a table" }).click();
    const cells = await page.locator("#throughput tbody tr td:nth-child(2)").allTextContents();
    const known = cells.slice(
      0,
      cells.findLastIndex((text) => /\d/.test(text)),
    );
    expect(known.filter((text) => text === "–").length).toBeGreaterThan(2);
    expect(known).not.toContain("0");
  },
  120_000,
);
