import { expect, test } from "bun:test";
import { transactionOf } from "./conformance/sink.ts";
import { untilRead } from "./harness/consumed.ts";
import { setRate } from "./harness/http.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { kafkaBroker } from "./harness/servers.ts";
import { SnapshotWatch } from "./harness/snapshot-watch.ts";
import { quietKafka, randomName } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

const KILLS = 4;
/** Different ledgers that must be seen before each kill. */
const STATES = 10;

/** Sends in Kafka's transactions, every other one aborted, so that offsets without a record come again and again. */
async function sendInTransactions(broker: string, topic: string, signal: AbortSignal): Promise<void> {
  const producer = quietKafka(broker).producer({
    transactionalId: randomName("tx"),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  try {
    for (let turn = 0; !signal.aborted; turn++) {
      const transaction = await producer.transaction();
      const messages = [0, 1, 2].map((partition) => {
        const id = `tx-${turn}-${partition}`;
        return { key: id, value: JSON.stringify(transactionOf(id)), partition };
      });
      await transaction.send({ topic, messages });
      await (turn % 2 === 0 ? transaction.commit() : transaction.abort());
    }
  } finally {
    await producer.disconnect();
  }
}

test("whoever looks from outside sees the ledger add up and agree with what is there, at every moment, while the consumer is killed again and again", async () => {
  await using pipeline = await createPipeline();
  const { db, topics } = pipeline;
  const producer = await pipeline.start("producer", {
    RATE: "500",
    FAULTS: "duplicate:0.05,malformed:0.03,conflict:0.02",
  });
  const enough = new AbortController();
  const inTransactions = sendInTransactions(await kafkaBroker(), topics.mockoon, enough.signal);
  let consumer = await pipeline.start("consumer");
  await until("every partition has its ledger", async () => (await db.collection("ledger").countDocuments()) === 6);
  const watch = new SnapshotWatch(db);
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      const before = watch.states;
      await until(`the ledger is seen moving before kill ${kill}`, () => watch.states >= before + STATES, 60_000);
      consumer.kill("SIGKILL");
      await consumer.exited;
      consumer = await pipeline.start("consumer");
    }
    const before = watch.states;
    await until("the ledger is seen moving after the last kill", () => watch.states >= before + STATES, 60_000);
    await setRate(producer.url, 0);
    enough.abort();
    await inTransactions;
    const { totals } = await untilRead(consumer, 6, 60_000);
    // Whatever can happen to a record did happen.
    expect(Math.min(totals.stored, totals.duplicates, totals.deadLettered, totals.absent)).toBeGreaterThan(10);
  } finally {
    enough.abort();
    await watch[Symbol.asyncDispose]();
  }
  expect(watch.wrong).toEqual([]);
  expect(watch.states).toBeGreaterThanOrEqual((KILLS + 1) * STATES);
  // It would have seen one that is missing.
  await db.collection("transactions").deleteOne({ "ingest.topic": topics.faker });
  await watch.look();
  expect(watch.wrong).toEqual([expect.stringMatching(/stored, but \d+ documents$/)]);
}, 240_000);
