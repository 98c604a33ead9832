import { expect, test } from "bun:test";
import { findChromium } from "../harness/chromium.ts";
import { quietKafka } from "../harness/topics.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { openPage } from "./open-page.ts";

// Without a dot, which a field name in MongoDB can't have: the lists of names would show another character.
const HTML = `<img src=x onerror="document['title']='taken over'">`;
const RIGHT_TO_LEFT = "safe\u202Eegnahc";

test.skipIf(findChromium() === undefined)(
  "whatever a transaction or a dead letter says is text on the page, and turns nothing around",
  async () => {
    await using pipeline = await startDashboardPipeline();
    const preview = await fetch(`${pipeline.producer.url}/preview?seed=1&count=2`);
    const { transactions } = (await preview.json()) as {
      transactions: [Record<string, unknown>, Record<string, unknown>];
    };
    const product = (name: string): object[] => [
      { product_id: "PROD-1", product_name: name, quantity: 1, price: 99_999 },
    ];
    const [first, second] = transactions;
    const values = [
      JSON.stringify({ ...first, product_details: product(HTML), total_amount: 99_999 }),
      JSON.stringify({ ...second, product_details: product(RIGHT_TO_LEFT), total_amount: 99_999 }),
      `{"status": ${JSON.stringify(HTML)}}`,
    ];
    const producer = quietKafka(pipeline.env["KAFKA_BROKER"] ?? "").producer();
    await producer.connect();
    await producer.send({ topic: pipeline.topics.faker, messages: values.map((value) => ({ key: "k", value })) });
    await producer.disconnect();

    await using opened = await openPage(pipeline.dashboard.url);
    const { page, complaints } = opened;
    await page.locator("#recent tbody").getByText(HTML).waitFor();
    await page.locator("#top-products").getByText(HTML).waitFor();
    await page.locator("#recent tbody").getByText("safe\uFFFDegnahc").waitFor();
    await page.locator("#tile-dead-letters button").click();
    await page.locator("#letters details").first().locator("summary").click();
    const value = page.locator("#letters textarea").first();
    await until("the letter's value is shown", async () => (await value.inputValue()).includes("<img src=x"));

    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).toBe("Transactions");
    expect(await page.locator("body").textContent()).not.toContain("\u202E");
    expect(complaints).toEqual([]);
  },
  60_000,
);
