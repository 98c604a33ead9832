import { COLLECTIONS } from "#contract/storage.ts";
import { startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import { usageOf } from "../process-usage.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { ourConsumer } from "./our-consumer.ts";
import { preload } from "./preload.ts";
import { startSink } from "./running-sink.ts";

const COUNT = Number(process.env["BENCH_RECORDS"] ?? 200_000);
const RATE = "dead letters/s";

/** How fast are records parked when every single one is poison? */
export const poison: Question = { name: "consumer-poison", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  await using kafka = await startOwnKafka();
  await using mongo = await startOwnMongo();
  const { broker } = kafka;
  onProgress(`sending ${COUNT} records that are no transactions`);
  // Cut in the middle: no JSON any more.
  const topics = await preload(broker, COUNT, { spoil: (json) => json.slice(0, -20) });
  const run = async (): Promise<Record<string, number>> => {
    await using sink = await startSink(ourConsumer, { broker, topics, mongoUri: mongo.uri, folder });
    const letters = sink.client.db(sink.database).collection(COLLECTIONS.deadLetters);
    let seen = 0;
    while (seen < COUNT) {
      await Bun.sleep(20);
      seen = await letters.estimatedDocumentCount();
      sink.expectAlive();
    }
    const seconds = (performance.now() - sink.startedAt) / 1e3;
    const { cpuSeconds, peakMb } = usageOf(sink.pids[0] ?? 0);
    return {
      [RATE]: COUNT / seconds,
      "client CPU s per million": (cpuSeconds / COUNT) * 1e6,
      "peak memory MB": peakMb,
    };
  };
  const measured = await runRounds([{ name: "**ours**", run }], rounds, onProgress);
  const rate = measured[0]?.figures[RATE]?.median ?? Number.NaN;
  return {
    name: poison.name,
    question: "How fast is poison parked?",
    how: `${COUNT.toLocaleString("en-US")} records of about 460 bytes, none of them JSON, in three partitions; from process start to the last dead letter.`,
    measured,
    verdicts: [`${(rate / 10_000).toFixed(1)} × the 10,000/s that must be kept up with`],
  };
}
