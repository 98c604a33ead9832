import { startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import { forgetPeak, usageOf } from "../process-usage.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { ourConsumer } from "./our-consumer.ts";
import { preload } from "./preload.ts";
import { startSink } from "./running-sink.ts";

const COUNT = Number(process.env["BENCH_RECORDS"] ?? 3_000_000);
const DEADLINE_MS = 600_000;
const NAME = "**ours**";

/** Does the consumer's memory stay flat while it reads a long backlog? */
export const flatMemory: Question = { name: "consumer-memory", ask };

async function ask({ folder, onProgress }: BenchContext): Promise<Answer> {
  await using kafka = await startOwnKafka();
  await using mongo = await startOwnMongo();
  onProgress(`sending ${COUNT} records`);
  const topics = await preload(kafka.broker, COUNT);
  const run = async (): Promise<Record<string, number>> => {
    await using sink = await startSink(ourConsumer, { broker: kafka.broker, topics, mongoUri: mongo.uri, folder });
    const [pid = 0] = sink.pids;
    const figures: Record<string, number> = {};
    let quarter = 1;
    for (let seen = 0; seen < COUNT; ) {
      await Bun.sleep(20);
      seen = await sink.documents();
      sink.expectAlive();
      // What is resident at one moment depends on when garbage was last collected.
      for (; quarter <= 4 && seen >= (COUNT * quarter) / 4; quarter++) {
        figures[`peak MB in ${quarter}/4`] = usageOf(pid).peakMb;
        forgetPeak(pid);
      }
      if (performance.now() - sink.startedAt > DEADLINE_MS) throw new Error(`stored ${seen} of ${COUNT} only`);
    }
    const seconds = (performance.now() - sink.startedAt) / 1e3;
    return { ...figures, "documents/s from process start": COUNT / seconds };
  };
  const measured = await runRounds([{ name: NAME, run }], 1, onProgress);
  const at = (quarter: number): number => measured[0]?.figures[`peak MB in ${quarter}/4`]?.median ?? Number.NaN;
  return {
    name: flatMemory.name,
    question: "Does its memory stay flat?",
    how: `${COUNT.toLocaleString("en-US")} different transactions of about 480 bytes in one run; the most that was resident of the consumer in each quarter of them.`,
    measured,
    verdicts: [`${(at(4) / at(1)).toFixed(2)} × as much in the last quarter as in the first`],
  };
}
