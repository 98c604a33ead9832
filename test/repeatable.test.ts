import { expect, test } from "bun:test";
import type { Transaction } from "#contract/transaction.ts";
import { topicRecords } from "./conformance/topic-records.ts";
import { getJson, type SourceStats, setRate } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { createTopic, randomName } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

/** What a source sent, without timestamps, by the order in which it made them. */
async function sent(pipeline: Pipeline, topic: string, preview: readonly Transaction[]): Promise<string[]> {
  const records = await topicRecords(pipeline.env["KAFKA_BROKER"] ?? "", topic);
  const byId = new Map(records.map(({ key, value }) => [key, String(value)]));
  return preview.map(({ transaction_id }) => timeless(byId.get(transaction_id) ?? "missing"));
}

const timeless = (json: string): string => json.replace(/"timestamp":"[^"]+"/, '"timestamp":"…"');

async function preview(source: ServiceProcess, query: string): Promise<Transaction[]> {
  return (await getJson<{ transactions: Transaction[] }>(`${source.url}/preview?${query}`)).transactions;
}

test("one seed is one list of transactions, whatever the rate and the number of watchers, and the preview shows it", async () => {
  await using pipeline = await createPipeline();
  const broker = pipeline.env["KAFKA_BROKER"] ?? "";
  const run = async (rate: string, watchers: number): Promise<string[]> => {
    const topic = randomName("repeat");
    await createTopic(broker, topic);
    const source = await pipeline.start("producer", { SEED: "4711", RATE: rate, FAKER_TOPIC: topic });
    const watching = Array.from({ length: watchers }, () => fetch(`${source.url}/real_time_response`));
    await Promise.all(watching);
    await until("300 are sent", async () => (await getJson<SourceStats>(`${source.url}/stats`)).acknowledged >= 300);
    const shown = await preview(source, "count=300");
    expect(await preview(source, "count=100&after=200")).toMatchObject(shown.slice(200).map(withoutTime));
    expect(await source.stop()).toBe(0);
    const list = await sent(pipeline, topic, shown);
    expect(list).toEqual(shown.map((transaction) => timeless(JSON.stringify(transaction))));
    return list;
  };
  const fast = await run("3000", 0);
  expect(await run("200", 3)).toEqual(fast);
}, 90_000);

const withoutTime = ({ timestamp: _, ...rest }: Transaction): Omit<Transaction, "timestamp"> => rest;

test("a drawn seed is shown, so that the run can be repeated, and another seed gives other transactions", async () => {
  await using pipeline = await createPipeline();
  const first = await pipeline.start("producer");
  const { seed } = await getJson<SourceStats>(`${first.url}/stats`);
  const shown = await preview(first, "count=20");
  const again = await pipeline.start("producer", { SEED: String(seed) });
  expect((await preview(again, "count=20")).map(withoutTime)).toEqual(shown.map(withoutTime));
  const ids = new Set(shown.map(({ transaction_id }) => transaction_id));
  const other = await preview(again, `count=20&seed=${seed + 1}`);
  expect(other.some(({ transaction_id }) => ids.has(transaction_id))).toBe(false);
}, 60_000);

test("transactions on request are the next ones of the same list", async () => {
  await using pipeline = await createPipeline();
  const source = await pipeline.start("producer", { SEED: "9" });
  const shown = await preview(source, "count=3");
  for (const expected of shown) {
    const answer = await fetch(`${source.url}/transactions`, { method: "POST" });
    const { transaction } = (await answer.json()) as { transaction: Transaction };
    expect(withoutTime(transaction)).toEqual(withoutTime(expected));
  }
  await setRate(source.url, 0);
}, 60_000);
