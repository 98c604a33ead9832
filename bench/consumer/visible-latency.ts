import { Kafka, logLevel } from "kafkajs";
import type { Collection } from "mongodb";
import { Publisher } from "#runtime/publisher.ts";
import { EVENT, transactionAt } from "./preload.ts";
import type { RunningSink } from "./running-sink.ts";

/** Percentiles of the time from the send to the change stream's event, in ms. */
export interface VisibleLatency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

const PER_SECOND = 1_000;
const TICK_MS = 5;
/** Behind those that were sent before: a setting that inserts hopefully ends at an id that is there. */
const FIRST = 1_000_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Sends records at 1,000 a second for a while and watches them appear in MongoDB, both in this process, so that one
 * clock tells both times.
 *
 * @param warmUp - records that are sent first and not counted
 */
export async function visibleLatency(
  sink: RunningSink,
  { broker, topic, count, warmUp }: { broker: string; topic: string; count: number; warmUp: number },
): Promise<VisibleLatency> {
  const sentAt = new Map<string, number>();
  const seenAfterMs: number[] = [];
  const transactions = sink.client.db(sink.database).collection("transactions");
  await using watch = watchIds(transactions, (id) => {
    const sent = sentAt.get(id);
    if (sent !== undefined) seenAfterMs.push(performance.now() - sent);
  });
  await watch.ready;
  const publisher = new Publisher(new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }), topic, EVENT);
  const total = count + warmUp;
  const sends: Promise<unknown>[] = [];
  const startedAt = performance.now();
  for (let next = 0; next < total; ) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * PER_SECOND));
    const records = [];
    for (; next < due; next++) {
      const { id, json } = transactionAt(FIRST + next);
      if (next >= warmUp) sentAt.set(id, performance.now());
      records.push({ key: id, value: Buffer.from(json) });
    }
    if (records.length > 0) sends.push(publisher.send(records, Date.now()));
    await Bun.sleep(TICK_MS);
  }
  await Promise.all(sends);
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while (seenAfterMs.length < count && performance.now() < deadline) await Bun.sleep(TICK_MS);
  await publisher.stop();
  if (seenAfterMs.length < count) throw new Error(`only ${seenAfterMs.length} of ${count} appeared`);
  const sorted = seenAfterMs.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * count) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function watchIds(collection: Collection, onId: (id: string) => void): AsyncDisposable & { ready: Promise<void> } {
  const stream = collection.watch(
    [{ $match: { operationType: { $in: ["insert", "replace"] } } }, { $project: { "fullDocument.transaction_id": 1 } }],
    { batchSize: 1_000, maxAwaitTimeMS: 1_000 },
  );
  const opened = Promise.withResolvers<void>();
  stream.on("change", (event) => {
    onId(String((event as { fullDocument?: { transaction_id?: unknown } }).fullDocument?.transaction_id));
  });
  stream.on("error", opened.reject);
  // The first empty answer means that it watches.
  stream.once("resumeTokenChanged", () => opened.resolve());
  return { ready: opened.promise, [Symbol.asyncDispose]: () => stream.close() };
}
