import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { findChromium } from "../harness/chromium.ts";
import { setRate } from "../harness/http.ts";
import { createPipeline } from "../harness/pipeline.ts";
import { startOwnKafka, startOwnMongo } from "../harness/servers.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { numberIn, openPage, textOf, tile } from "./open-page.ts";

const skip = findChromium() === undefined;
const NOWHERE = "http://127.0.0.1:1";
const ALL_AWAY = {
  ...{ KAFKA_BROKER: "127.0.0.1:1", MONGO_URI: "mongodb://127.0.0.1:1/?directConnection=true" },
  ...{ FAKER_URL: NOWHERE, MOCKOON_SOURCE_URL: NOWHERE, CONSUMER_URL: NOWHERE },
};

function banner(page: Page): Promise<string> {
  return textOf(page.locator("#outages"));
}

test.skipIf(skip)(
  "with everything away the page is there, and names each part that is down",
  async () => {
    await using pipeline = await createPipeline({ withoutTopics: true });
    const dashboard = await pipeline.start("dashboard", ALL_AWAY);
    await using opened = await openPage(dashboard.url);
    const { page, complaints } = opened;
    for (const name of ["The Faker source", "The Mockoon source", "Kafka", "The consumer", "MongoDB"])
      await page.locator("#outages").getByText(`${name} is down since`).waitFor();
    expect(await textOf(page.locator("#status"))).toContain("5 parts are down");
    // Nobody knows how many there are, so there is no zero.
    for (const id of ["throughput", "lag", "dead-letters", "accounted"]) expect((await tile(page, id)).value).toBe("–");
    expect((await fetch(`${dashboard.url}/livez`)).status).toBe(200);
    const readiness = await fetch(`${dashboard.url}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.text()).toMatch(/kafka.*mongodb/s);
    expect(complaints).toEqual([]);
  },
  60_000,
);

test.skipIf(skip)(
  "each part that dies is named while the rest goes on, and no longer when it is back",
  async () => {
    await using mongo = await startOwnMongo();
    await using kafka = await startOwnKafka();
    await using pipeline = await startDashboardPipeline({}, { mongo: mongo.uri, broker: kafka.broker });
    await using opened = await openPage(pipeline.dashboard.url);
    const { page, complaints } = opened;
    await setRate(pipeline.producer.url, 50);
    await until("both flow", async () => numberIn((await tile(page, "faker")).value) > 30, 60_000);
    await page.getByRole("button", { name: "1 min", exact: true }).click();

    await mongo.kill();
    await page.locator("#outages").getByText("MongoDB is down since").waitFor();
    expect(await textOf(page.locator("#status"))).toContain("MongoDB is down");
    // Kafka still tells what is produced: its side of the page goes on, and what MongoDB would know is a gap.
    await until("Faker's rate is still shown", async () => numberIn((await tile(page, "faker")).value) > 30);
    await until("revenue is not known", async () => {
      const label = await page.locator("#revenue .plot").getAttribute("aria-label");
      return label?.includes("Faker: last –");
    });
    await mongo.start();
    await until("all is well again", async () => (await banner(page)) === "", 60_000);
    await until("what waited is stored", async () => (await tile(page, "accounted")).note.startsWith("✓"), 60_000);

    await kafka.kill();
    await page.locator("#outages").getByText("Kafka is down since").waitFor();
    expect((await tile(page, "accounted")).value).toBe("–");
    await kafka.start();
    await until("all is well again", async () => (await banner(page)) === "", 90_000);

    await pipeline.producer.stop();
    await page.locator("#outages").getByText("The Faker source is down since").waitFor();
    await pipeline.consumer.stop();
    await page.locator("#outages").getByText("The consumer is down since").waitFor();
    expect(await page.locator(".node.consumer").getAttribute("data-state")).toBe("down");
    expect(complaints).toEqual([]);
  },
  240_000,
);

test.skipIf(skip)(
  "while the dashboard's server is away the page says so, and it comes back by itself",
  async () => {
    await using pipeline = await createPipeline({ withoutTopics: true });
    const first = await pipeline.start("dashboard", ALL_AWAY);
    await using opened = await openPage(first.url);
    const { page } = opened;
    await page.locator("#outages").getByText("Kafka is down since").waitFor();

    first.kill("SIGSTOP");
    await until("stale", async () => (await textOf(page.locator("#status"))).startsWith("Stale for"));
    first.kill("SIGCONT");
    await until("live", async () => (await textOf(page.locator("#status"))).startsWith("Live"));

    first.kill("SIGKILL");
    await until("reconnecting", async () => (await textOf(page.locator("#status"))).startsWith("Reconnecting"));
    expect(await banner(page)).toContain("The dashboard's server does not answer since");
    await pipeline.start("dashboard", { ...ALL_AWAY, PORT: new URL(first.url).port });
    await until("live again", async () => (await textOf(page.locator("#status"))).startsWith("Live"), 60_000);
  },
  120_000,
);
