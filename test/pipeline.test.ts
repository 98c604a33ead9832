import { expect, test } from "bun:test";
import type { Transaction } from "#contract/transaction.ts";
import { untilRead } from "./harness/consumed.ts";
import { getJson, type SourceStats, setRate } from "./harness/http.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { until } from "./harness/until.ts";

interface Sent {
  transaction: Transaction;
  delivery: { topic: string; partition: number; offset: number };
}

interface Document {
  _id: string;
  timestamp: Date;
  total_amount: { toString(): string };
  ingest: { source: string; topic: string; partition: number; offset: number; produced_at: Date; stored_at: Date };
}

test("transactions of both sources reach MongoDB, and the account adds up", async () => {
  await using pipeline = await createPipeline();
  const [producer, mockoon] = await Promise.all([
    pipeline.start("producer", { RATE: "200" }),
    pipeline.start("producer-mockoon", { RATE: "20" }),
    pipeline.start("consumer"),
  ]);
  const transactions = pipeline.db.collection("transactions");
  await until(
    "200 transactions from Faker",
    async () => (await transactions.countDocuments({ "ingest.source": "faker" })) > 200,
  );
  await until(
    "10 transactions from Mockoon",
    async () => (await transactions.countDocuments({ "ingest.source": "mockoon" })) > 10,
  );

  await Promise.all([setRate(producer.url, 0), setRate(mockoon.url, 0)]);
  const settled = await until("nothing is pending", async () => {
    const stats = await getJson<SourceStats>(`${producer.url}/stats`);
    return stats.pending === 0 && stats;
  });
  const account = await pipeline.verify();
  expect(account.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(await transactions.countDocuments({ "ingest.topic": pipeline.topics.faker })).toBe(settled.acknowledged);
}, 90_000);

test("what Execute shows is in MongoDB, at the partition and offset that it showed", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer");
  const mockoon = await pipeline.start("producer-mockoon");
  await pipeline.start("consumer");
  const transactions = pipeline.db.collection<Document>("transactions");
  for (const [url, source] of [
    [`${producer.url}/real_time_response`, "faker"],
    [`${mockoon.url}/transactions`, "mockoon"],
  ] as const) {
    await until(`${source} is ready`, async () => (await fetch(new URL("/readyz", url))).ok);
    // Swagger's Execute asks for JSON.
    const { transaction, delivery } = await getJson<Sent>(url);
    const document = await until("the document", () => transactions.findOne({ _id: transaction.transaction_id }));
    expect(document.ingest).toMatchObject({ source, ...delivery });
    expect(document.timestamp).toEqual(new Date(transaction.timestamp));
    expect(Number(document.total_amount.toString())).toBe(transaction.total_amount);
    expect(document.ingest.stored_at.getTime()).toBeGreaterThanOrEqual(document.ingest.produced_at.getTime());
  }
}, 60_000);

test("verify fails for a document deleted by hand and for an offset skipped in the ledger", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer");
  const consumer = await pipeline.start("consumer");
  await until("the producer is ready", async () => (await fetch(`${producer.url}/readyz`)).ok);
  for (let sent = 0; sent < 20; sent++) {
    expect((await fetch(`${producer.url}/transactions`, { method: "POST" })).status).toBe(201);
  }
  await untilRead(consumer, 6);
  expect((await pipeline.verify()).ok).toBe(true);

  const transactions = pipeline.db.collection<{ _id: string }>("transactions");
  const victim = await transactions.findOneAndDelete({});
  const failed = async (): Promise<string[]> =>
    (await pipeline.verify()).checks.filter(({ ok }) => !ok).map(({ name }) => name);
  expect(await failed()).toEqual(["each stored transaction is a document"]);
  if (victim) await transactions.insertOne(victim);
  expect(await failed()).toEqual([]);

  const ledger = pipeline.db.collection("ledger");
  await ledger.updateOne({ stored: { $gt: 0 } }, { $inc: { nextOffset: 1 } });
  expect(await failed()).toContain("the ledger adds up");
  await ledger.updateOne({ stored: { $gt: 0 } }, { $inc: { absent: 1 } });
  expect(await failed()).toEqual(["the ledger is not ahead of Kafka"]);
}, 90_000);
