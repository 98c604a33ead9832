import { expect, test } from "bun:test";
import { findChromium } from "../harness/chromium.ts";
import { getJson } from "../harness/http.ts";
import { quietKafka } from "../harness/topics.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { numberIn, openPage, textOf, tile } from "./open-page.ts";

const skip = findChromium() === undefined;

test.skipIf(skip)(
  "a person sends one, sets a rate and turns faults on from the page",
  async () => {
    await using pipeline = await startDashboardPipeline();
    await using opened = await openPage(pipeline.dashboard.url);
    const { page, complaints } = opened;
    const faker = page.locator(".node.faker");

    await page.getByRole("button", { name: "Send one from Mockoon" }).click();
    await until("it is counted", async () => numberIn((await tile(page, "mockoon")).note) === 1);
    await page.getByText("Nothing has been sold yet").waitFor({ state: "hidden" });
    await faker.getByRole("button", { name: "Send one" }).click();
    await faker.getByText(/✓ in Kafka: partition \d, offset \d/).waitFor();

    const field = faker.getByRole("spinbutton");
    await field.fill("37");
    await field.press("Enter");
    await until("the source has the rate", async () => {
      const { perSecond } = await getJson<{ perSecond: number }>(`${pipeline.producer.url}/rate`);
      return perSecond === 37;
    });
    await faker.getByRole("slider").press("Home");
    await until("the source pauses", async () => {
      const { perSecond } = await getJson<{ perSecond: number }>(`${pipeline.producer.url}/rate`);
      return perSecond === 0;
    });

    await faker.getByRole("button", { name: "Faults" }).click();
    await page.locator("#fault-faker-duplicate").check();
    await page.locator("#faults-faker").getByRole("button", { name: "Set" }).click();
    await page.getByText("✓ They are on.").waitFor();
    expect(await getJson<object>(`${pipeline.producer.url}/faults`)).toMatchObject({ duplicate: 0.01, malformed: 0 });
    await page.keyboard.press("Escape");
    await faker.getByRole("button", { name: "1 kind of faults on purpose" }).waitFor();
    expect(complaints).toEqual([]);
  },
  60_000,
);

test.skipIf(skip)(
  "a dead letter is corrected and sent again, and ends up stored",
  async () => {
    await using pipeline = await startDashboardPipeline();
    const preview = `${pipeline.producer.url}/preview?seed=3&count=1`;
    const { transactions } = await getJson<{ transactions: [Record<string, unknown>] }>(preview);
    const [good] = transactions;
    const producer = quietKafka(pipeline.env["KAFKA_BROKER"] ?? "").producer();
    await producer.connect();
    const value = JSON.stringify({ ...good, currency: "EUR" });
    await producer.send({ topic: pipeline.topics.faker, messages: [{ key: String(good["transaction_id"]), value }] });
    await producer.disconnect();

    await using opened = await openPage(pipeline.dashboard.url);
    const { page, complaints } = opened;
    await until("it is parked", async () => (await tile(page, "dead-letters")).value === "1");
    await page.locator("#tile-dead-letters button").click();
    await page.getByText("currency: found").waitFor();
    await page.locator("#letters summary").click();
    const area = page.locator("#letters textarea");
    await area.fill((await area.inputValue()).replace("EUR", "USD"));
    await page.getByRole("button", { name: "Send as corrected above" }).click();
    await page.getByText("✓ It is in Kafka again").waitFor();
    await page.keyboard.press("Escape");
    await until("it is stored", async () => numberIn((await tile(page, "faker")).note) === 1);
    expect(complaints).toEqual([]);
  },
  60_000,
);

test.skipIf(skip)(
  "where a token is needed the page asks for it, and a wrong one changes nothing",
  async () => {
    await using pipeline = await startDashboardPipeline({ API_TOKEN: "open sesame" });
    await using opened = await openPage(pipeline.dashboard.url);
    const { page } = opened;
    const mockoon = page.locator(".node.mockoon");
    await until("the controls are there", async () => (await textOf(mockoon)).includes("Send one"));
    await mockoon.getByRole("button", { name: "Send one" }).click();
    const question = page.locator("#token-dialog");
    await question.getByLabel("Token").fill("wrong");
    await question.getByRole("button", { name: "Use it" }).click();
    await until("it asks again", async () => (await question.getByLabel("Token").inputValue()) === "");
    await question.getByLabel("Token").fill("open sesame");
    await question.getByRole("button", { name: "Use it" }).click();
    await mockoon.getByText(/✓ in Kafka/).waitFor();
  },
  60_000,
);

test("an action from another origin is refused before any source hears of it", async () => {
  await using pipeline = await startDashboardPipeline();
  const rate = `${pipeline.dashboard.url}/api/sources/faker/rate`;
  const put = (origin: string): Promise<Response> =>
    fetch(rate, {
      method: "PUT",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ perSecond: 5 }),
    });
  const refused = await put("https://example.org");
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, "origin-not-allowed"]);
  expect(await getJson<object>(`${pipeline.producer.url}/rate`)).toMatchObject({ perSecond: 0 });
  expect((await put(pipeline.dashboard.url)).status).toBe(200);
  expect(await getJson<object>(`${pipeline.producer.url}/rate`)).toMatchObject({ perSecond: 5 });
});
