import { expect, test } from "bun:test";
import type { PartState, Snapshot } from "../dashboard/web/feed-format.ts";
import { openEventSource } from "./conformance/event-source.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { kafkaBroker } from "./harness/servers.ts";
import { createTopic } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

test("a topic that is not there yet is what the page says, not that Kafka is down; the other one counts", async () => {
  await using pipeline = await createPipeline({ withoutTopics: true });
  const { faker, mockoon } = pipeline.topics;
  const broker = await kafkaBroker();
  await createTopic(broker, mockoon);
  const dashboard = await pipeline.start("dashboard");
  const kafkaPart = async (): Promise<PartState | undefined> => {
    await using events = await openEventSource(`${dashboard.url}/events`);
    const first = await until("a snapshot", () => events.events[0]);
    const { slow, ledger } = JSON.parse(first.data) as Snapshot;
    const part = slow.parts.find((one) => one.part === "kafka");
    if (part?.state === "hindered") expect(ledger.map(({ topic }) => topic)).toEqual([mockoon, mockoon, mockoon]);
    return part;
  };
  const hindered = await until("Kafka was asked", async () => {
    const part = await kafkaPart();
    return part?.state === "hindered" && part;
  });
  expect(hindered.reason).toBe(`it has no topic ${faker}`);
  expect(await (await fetch(`${dashboard.url}/readyz`)).text()).toContain(`it has no topic ${faker}`);
  await createTopic(broker, faker);
  await until("the topic is seen", async () => (await kafkaPart())?.state === "up");
});
