import { expect, test } from "bun:test";
import { getJson, type SourceStats, setRate } from "./harness/http.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "./harness/otlp-receiver.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { until } from "./harness/until.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

const inTrace = ({ spans }: OtlpReceiver, traceId: string): readonly ReceivedSpan[] =>
  spans.filter((span) => span.traceId === traceId);
const attribute = ({ attributes }: ReceivedSpan, name: string): unknown =>
  Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0];

test("one trace goes from the caller over the page's server, the source and Kafka to the write in MongoDB", async () => {
  await using pipeline = await createPipeline();
  using collector = startOtlpReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const producer = await pipeline.start("producer", env);
  await pipeline.start("consumer", env);
  const dashboard = await pipeline.start("dashboard", { ...env, FAKER_URL: producer.url });
  await until("the producer is ready", async () => (await fetch(`${producer.url}/readyz`)).ok);
  const answer = await fetch(`${dashboard.url}/api/sources/faker/transactions`, {
    method: "POST",
    headers: { traceparent: `00-${TRACE_ID}-${CALLER}-01` },
  });
  const { transaction, delivery } = (await answer.json()) as {
    transaction: { transaction_id: string };
    delivery: { topic: string; partition: number; offset: number };
  };
  const spans = await until("all spans of the trace", () => {
    const found = inTrace(collector, TRACE_ID);
    return found.length >= 5 && found;
  });
  // Each is the child of the one before.
  const way = [
    ["dashboard", "POST /api/sources/faker/transactions", 2],
    ["producer", "POST /transactions", 2],
    ["producer", "send", 4],
    ["consumer", `process ${delivery.topic}`, 5],
    ["consumer", `transaction ${pipeline.db.databaseName}`, 3],
  ] as const;
  let parent = CALLER;
  for (const [service, name, kind] of way) {
    const span = spans.find((one) => one.parentSpanId === parent);
    expect(span).toMatchObject({ service, name, kind });
    parent = span?.spanId ?? "";
  }
  const process = spans.find(({ kind }) => kind === 5) as ReceivedSpan;
  expect(Number(attribute(process, "messaging.kafka.offset"))).toBe(delivery.offset);
  expect(
    await pipeline.db.collection<{ _id: string }>("transactions").findOne({ _id: transaction.transaction_id }),
  ).toMatchObject({
    ingest: { partition: delivery.partition },
  });
}, 60_000);

test("records by the thousand cost one span for each send and one for each chunk that is written, linked with one another", async () => {
  await using pipeline = await createPipeline();
  using collector = startOtlpReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  const producer = await pipeline.start("producer", { ...env, RATE: "20000" });
  const documents = pipeline.db.collection("transactions");
  const stats = (): Promise<SourceStats> => getJson<SourceStats>(`${producer.url}/stats`);
  await until("3000 are sent", async () => (await stats()).acknowledged > 3_000);
  await setRate(producer.url, 0);
  await until("none is under way", async () => (await stats()).pending === 0);
  const { acknowledged } = await stats();
  const consumer = await pipeline.start("consumer", env);
  await until("all are stored", async () => (await documents.countDocuments()) === acknowledged);
  await Promise.all([producer.stop(), consumer.stop()]);
  const sends = collector.spans.filter(({ name }) => name === "send");
  const writes = collector.spans.filter(({ name }) => name.startsWith("transaction "));
  expect(sends.length).toBeGreaterThan(0);
  const sent = sends.reduce((sum, span) => sum + Number(attribute(span, "messaging.batch.message_count")), 0);
  const written = writes.reduce((sum, span) => sum + Number(attribute(span, "messaging.batch.message_count")), 0);
  expect(sent).toBe(acknowledged);
  expect(sends.length).toBeLessThan(sent / 3);
  expect(written).toBe(sent);
  const known = new Map(collector.spans.map((span) => [span.spanId, span]));
  for (const write of writes) {
    expect(known.get(write.parentSpanId ?? "")).toMatchObject({ kind: 5, traceId: write.traceId });
    for (const link of write.links ?? []) expect(known.get(link.spanId)?.name).toBe("send");
  }
  // Nothing of what a transaction says is in a span.
  expect(JSON.stringify(collector.spans)).not.toContain("TXN-");
}, 60_000);

test("a collector that is not there stops nothing and nobody", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", RATE: "50" });
  await until("20 are sent", async () => {
    const stats = (await (await fetch(`${producer.url}/stats`)).json()) as { acknowledged: number };
    return stats.acknowledged > 20;
  });
  expect(await producer.stop()).toBe(0);
}, 60_000);
