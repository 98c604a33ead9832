import { Kafka, logLevel } from "kafkajs";
import type { Collection } from "mongodb";
import { COLLECTIONS } from "#contract/storage.ts";
import { Publisher } from "#runtime/publisher.ts";
import { startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { ourConsumer } from "./our-consumer.ts";
import { EVENT, preload, transactionAt } from "./preload.ts";
import { type RunningSink, startSink } from "./running-sink.ts";

const PER_SECOND = 1_000;
const TICK_MS = 20;
const BEFORE_MS = 4_000;
const AFTER_MS = 15_000;

/** For how long does a partition stand still when one of two consumers goes? */
export const takeover: Question = { name: "consumer-takeover", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  await using kafka = await startOwnKafka();
  await using mongo = await startOwnMongo();
  const { broker } = kafka;
  const run = async (signal: NodeJS.Signals): Promise<Record<string, number>> => {
    const topics = await preload(broker, 100);
    await using sink = await startSink(ourConsumer, { broker, topics, mongoUri: mongo.uri, folder, processes: 2 });
    while ((await sink.documents()) < 100) await Bun.sleep(TICK_MS);
    const publisher = new Publisher(
      new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }),
      topics[0] ?? "",
      EVENT,
    );
    const startedAt = performance.now();
    const pauses = watchPauses(sink);
    let next = 100;
    let gone = false;
    while (performance.now() - startedAt < BEFORE_MS + AFTER_MS) {
      const due = 100 + Math.floor(((performance.now() - startedAt) / 1000) * PER_SECOND);
      const records = Array.from({ length: due - next }, (_, index) => {
        const { id, json } = transactionAt(next + index);
        return { key: id, value: Buffer.from(json) };
      });
      next = due;
      if (records.length > 0) await publisher.send(records, Date.now());
      if (!gone && performance.now() - startedAt > BEFORE_MS) {
        gone = true;
        process.kill(sink.pids[0] ?? 0, signal);
        pauses.restart();
      }
      await Bun.sleep(TICK_MS);
    }
    const longestMs = await pauses.stop();
    await publisher.stop();
    return { "longest pause of a partition, s": longestMs / 1e3 };
  };
  const measured = await runRounds(
    (["SIGTERM", "SIGKILL"] as const).map((signal) => ({
      name: `one of two consumers gets ${signal}`,
      run: () => run(signal),
    })),
    rounds,
    onProgress,
  );
  const median = (index: number): string =>
    (measured[index]?.figures["longest pause of a partition, s"]?.median ?? Number.NaN).toFixed(2);
  return {
    name: takeover.name,
    question: "How long does a partition stand still when its consumer goes?",
    how: "Two consumers of one group, 1,000 transactions a second to three partitions; the ledger is watched from outside every 20 ms, and the longest time in which one partition's entry did not move is taken.",
    measured,
    verdicts: [`a rolling restart pauses a partition for ${median(0)} s, kill -9 for ${median(1)} s`],
  };
}

/** The longest time without a move of one entry of the ledger. */
function watchPauses({ client, database }: RunningSink): { restart(): void; stop(): Promise<number> } {
  const ledger: Collection<{ _id: string; nextOffset: number }> = client.db(database).collection(COLLECTIONS.ledger);
  let moved = new Map<string, { nextOffset: number; at: number }>();
  let longestMs = 0;
  let stopped = false;
  const done = (async () => {
    while (!stopped) {
      const now = performance.now();
      for (const { _id, nextOffset } of await ledger.find({}, { readConcern: { level: "majority" } }).toArray()) {
        if (_id.includes("-empty/")) continue;
        const before = moved.get(_id);
        if (before !== undefined) longestMs = Math.max(longestMs, now - before.at);
        if (before?.nextOffset !== nextOffset) moved.set(_id, { nextOffset, at: now });
      }
      await Bun.sleep(TICK_MS);
    }
  })();
  return {
    restart: () => {
      longestMs = 0;
      moved = new Map();
    },
    stop: async () => {
      stopped = true;
      await done;
      return longestMs;
    },
  };
}
