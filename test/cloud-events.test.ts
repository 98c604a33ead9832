import { expect, test } from "bun:test";
import { SOURCES } from "#contract/sources.ts";
import { topicRecords } from "./conformance/topic-records.ts";
import { send } from "./harness/consumed.ts";
import { getJson, type SourceStats, setRate } from "./harness/http.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { kafkaBroker } from "./harness/servers.ts";
import { createTopic, randomName } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test.each(SOURCES)(
  "$service: every record is a CloudEvent 1.0 in binary mode, also one on request and one that is wrong on purpose",
  async ({ id, service }) => {
    await using pipeline = await createPipeline();
    const source = await pipeline.start(service, { FAULTS: "duplicate:0.1,malformed:0.8" });
    await until("it is ready", async () => (await fetch(`${source.url}/readyz`)).ok);
    const traced = await fetch(`${source.url}/transactions`, { method: "POST", headers: { traceparent: TRACEPARENT } });
    const { transaction } = (await traced.json()) as { transaction: { transaction_id: string } };
    await fetch(`${source.url}/transactions`, { method: "POST", headers: { traceparent: "00-wrong-wrong-01" } });
    await setRate(source.url, 100);
    await until("200 are sent", async () => (await getJson<SourceStats>(`${source.url}/stats`)).acknowledged > 200);
    await source.stop();

    const records = await topicRecords(pipeline.env["KAFKA_BROKER"] ?? "", pipeline.topics[id]);
    expect(records.length).toBeGreaterThan(200);
    for (const { key, headers, timestampMs } of records) {
      expect(headers).toEqual({
        "content-type": "application/json",
        ce_specversion: "1.0",
        ce_type: "transactions-pipeline.transaction.v1",
        ce_source: `urn:transactions-pipeline:${id}`,
        ce_time: new Date(timestampMs).toISOString(),
        ce_id: key ?? "",
        ...(key === transaction.transaction_id && { traceparent: TRACEPARENT }),
      });
    }
    expect(records.some(({ key }) => key === transaction.transaction_id)).toBe(true);
    // A tombstone is an event, too. One in six of what is malformed is one: 200 records hold some.
    expect(records.some(({ value }) => value === null)).toBe(true);
  },
  60_000,
);

test("odd records arrive as they were sent: no key, no value, no header, an empty one, 300 bytes, letters beyond ASCII", async () => {
  const broker = await kafkaBroker();
  const topic = randomName("odd");
  await createTopic(broker, topic, 1);
  const long = "ü".repeat(150);
  await send(broker, topic, [
    { key: null, value: null },
    { key: "", value: "", headers: {} },
    { key: long, value: Buffer.alloc(100_000, "x"), headers: { empty: "", [long]: Buffer.from(long) } },
    { key: "ключ", value: "значение", headers: { заголовок: "да" }, timestamp: "1700000000000" },
  ]);
  const records = await topicRecords(broker, topic);
  expect(records.map(({ key, headers }) => ({ key, headers }))).toEqual([
    { key: null, headers: {} },
    { key: "", headers: {} },
    { key: long, headers: { empty: "", [long]: long } },
    { key: "ключ", headers: { заголовок: "да" } },
  ]);
  expect(records.map(({ value }) => value?.length ?? null)).toEqual([null, 0, 100_000, 16]);
  expect(records[3]?.timestampMs).toBe(1_700_000_000_000);
}, 30_000);
