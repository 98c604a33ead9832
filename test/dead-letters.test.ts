import { expect, test } from "bun:test";
import { transactionOf } from "./conformance/sink.ts";
import { send, untilRead } from "./harness/consumed.ts";
import { getJson } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { kafkaBroker } from "./harness/servers.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

interface Letter {
  _id: string;
  value: string | null;
  reason: string;
  replayed_at: string | null;
}
interface Page {
  deadLetters: Letter[];
  next: string | null;
}

async function withPoison(values: readonly string[]): Promise<{ pipeline: Pipeline; consumer: ServiceProcess }> {
  const pipeline = await createPipeline();
  const consumer = await pipeline.start("consumer");
  await send(
    await kafkaBroker(),
    pipeline.topics.faker,
    values.map((value) => ({ key: "k", value, partition: 0 })),
  );
  await untilRead(consumer, 6);
  return { pipeline, consumer };
}

const replay = (consumer: ServiceProcess, id: string, query = "", body?: unknown): Promise<Response> =>
  fetch(`${consumer.url}/dead-letters/${id}/replay${query}`, {
    method: "POST",
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
const letterOf = (consumer: ServiceProcess, id: string): Promise<Letter> =>
  getJson<Letter>(`${consumer.url}/dead-letters/${id}`);

test("dead letters are listed page by page, each once, the newest first", async () => {
  const { pipeline: made, consumer } = await withPoison(["p0", "p1", "p2", "p3", "p4"]);
  await using _pipeline = made;
  const seen: (string | null)[] = [];
  let after = "";
  for (;;) {
    const { deadLetters, next }: Page = await getJson(`${consumer.url}/dead-letters?limit=2${after}`);
    expect(deadLetters.length).toBeLessThanOrEqual(2);
    seen.push(...deadLetters.map(({ value }) => value));
    if (next === null) break;
    after = `&after=${encodeURIComponent(next)}`;
  }
  expect([...seen].sort()).toEqual(["p0", "p1", "p2", "p3", "p4"]);
  expect((await fetch(`${consumer.url}/dead-letters?limit=0`)).status).toBe(422);
  expect((await fetch(`${consumer.url}/dead-letters?after=nothing`)).status).toBe(422);
  expect((await fetch(`${consumer.url}/dead-letters/${made.topics.faker}/0/999`)).status).toBe(404);
}, 60_000);

test("a letter is replayed at most once, however many ask at once, unless it is asked for again", async () => {
  const { pipeline: made, consumer } = await withPoison(["poison"]);
  await using pipeline = made;
  const id = `${pipeline.topics.faker}/0/0`;
  expect((await letterOf(consumer, id)).replayed_at).toBeNull();
  const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await replay(consumer, id)).status));
  expect(statuses.sort()).toEqual([200, ...Array(7).fill(409)]);
  // As it was it is no transaction either: a letter of its own, and the first stays.
  const { totals } = await until("the replayed record is read", async () => {
    const ledger = await untilRead(consumer, 6);
    return ledger.totals.deadLettered === 2 && ledger;
  });
  expect(totals).toMatchObject({ deadLettered: 2, stored: 0 });
  const { replayed_at: first } = await letterOf(consumer, id);
  expect(first).not.toBeNull();
  const refused = await replay(consumer, id);
  expect(refused.headers.get("content-type")).toStartWith("application/problem+json");
  expect(await refused.json()).toMatchObject({ code: "replayed-before" });
  expect((await replay(consumer, id, "?again=true")).status).toBe(200);
  expect((await letterOf(consumer, id)).replayed_at).not.toBe(first);
}, 60_000);

test("a corrected value is stored, and the letter stays as it was, with replayed_at", async () => {
  const { pipeline: made, consumer } = await withPoison(['{"transaction_id":"fix-me"}']);
  await using pipeline = made;
  const id = `${pipeline.topics.faker}/0/0`;
  expect((await replay(consumer, id, "", transactionOf("fix-me"))).status).toBe(200);
  await until("it is stored", () => pipeline.db.collection<{ _id: string }>("transactions").findOne({ _id: "fix-me" }));
  const letter = await letterOf(consumer, id);
  expect(letter).toMatchObject({ value: '{"transaction_id":"fix-me"}', reason: "invalid-transaction" });
  expect(letter.replayed_at).not.toBeNull();
}, 60_000);

test("a letter of which only the head was kept needs a corrected value", async () => {
  const { pipeline: made, consumer } = await withPoison(["poison"]);
  await using pipeline = made;
  const id = `${pipeline.topics.faker}/0/0`;
  await pipeline.db
    .collection<{ _id: string }>("dead_letters")
    .updateOne({ _id: id }, { $set: { value_size: 9_000_000 } });
  const refused = await replay(consumer, id);
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({ code: "value-cut" });
  expect((await letterOf(consumer, id)).replayed_at).toBeNull();
  expect((await replay(consumer, id, "", transactionOf("whole"))).status).toBe(200);
}, 60_000);

test("dead letters are kept for ever, or for as many days as asked; a change is taken over", async () => {
  await using pipeline = await createPipeline();
  const ttl = async (): Promise<number | undefined> => {
    const indexes = await pipeline.db.collection("dead_letters").indexes();
    return indexes.find(({ expireAfterSeconds }) => expireAfterSeconds !== undefined)?.expireAfterSeconds;
  };
  for (const [days, expected] of [
    [undefined, undefined],
    ["2", 172_800],
    ["7", 604_800],
    ["0", undefined],
  ] as const) {
    const consumer = await pipeline.start("consumer", days === undefined ? {} : { DEAD_LETTER_DAYS: days });
    await until(`the days are ${days}`, async () => {
      const found = await ttl();
      if (found !== expected) throw new Error(`found ${found}, expected ${expected}`);
      return (await pipeline.db.collection("ledger").countDocuments()) === 6;
    });
    await consumer.stop();
  }
}, 120_000);
