import { expect, test } from "bun:test";
import { COLLECTIONS } from "#contract/storage.ts";
import { transactionOf } from "./conformance/sink.ts";
import { ledgerOf, send, untilRead } from "./harness/consumed.ts";
import { metricOf } from "./harness/metric.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { kafkaBroker } from "./harness/servers.ts";
import { until } from "./harness/until.ts";

const COUNT = 240_000;
const MIB = 1024 * 1024;

/** Cut JSON, no object, a wrong field, nothing. */
function poison(index: number): string | null {
  const good = JSON.stringify(transactionOf(`TXN-${index}`));
  if (index % 4 === 0) return good.slice(0, -20);
  if (index % 4 === 1) return `[${good}]`;
  return index % 4 === 2 ? good.replace('"USD"', '"EUR"') : null;
}

/** Median of the memory while the last quarter was read. */
function lateMib(samples: readonly { count: number; bytes: number }[]): number {
  const sorted = samples
    .filter(({ count }) => count >= COUNT * 0.75)
    .map(({ bytes }) => Math.round(bytes / MIB))
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

test("when every record is poison all are parked, each with its reason, with bounded memory", async () => {
  await using pipeline = await createPipeline();
  const messages = Array.from({ length: COUNT }, (_, index) => ({
    key: String(index),
    value: poison(index),
    partition: Math.floor(index / 4) % 3,
  }));
  await send(await kafkaBroker(), pipeline.topics.faker, messages);
  const consumer = await pipeline.start("consumer");
  const parked = async (): Promise<number> => (await ledgerOf(consumer)).totals.deadLettered;
  const resident = (): Promise<number> => metricOf(consumer, "process_resident_memory_bytes");
  const samples: { count: number; bytes: number }[] = [];
  await until(
    "all are parked",
    async () => {
      const [count, bytes] = await Promise.all([parked(), resident()]);
      samples.push({ count, bytes });
      return count === COUNT;
    },
    120_000,
  );
  // 369 to 427 measured; with every record kept on purpose 581 and 607.
  expect(lateMib(samples)).toBeLessThan(500);
  const quarter = COUNT / 4;
  for (const reason of ["not-json", "not-an-object", "invalid-transaction", "empty"]) {
    expect(await metricOf(consumer, "consumer_dead_letters_total", { reason })).toBe(quarter);
    expect(await pipeline.db.collection(COLLECTIONS.deadLetters).countDocuments({ reason })).toBe(quarter);
  }
  // And then a good one is stored as ever.
  await send(await kafkaBroker(), pipeline.topics.faker, [{ key: "a", value: JSON.stringify(transactionOf("a")) }]);
  await until("it is stored", async () => (await ledgerOf(consumer)).totals.stored === 1);
  await untilRead(consumer, 6);
}, 120_000);
