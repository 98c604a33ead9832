import { totalmem } from "node:os";
import { type OwnMongoOptions, startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { drain } from "./drain.ts";
import { ourConsumer } from "./our-consumer.ts";
import { preload } from "./preload.ts";

/** As many that not everything that changes finds room in a small cache. */
const COUNT = Number(process.env["BENCH_RECORDS"] ?? 1_200_000);
const RATE = "documents/s after the first";
const OURS = "cache of 1 GB, as `bun start` has it";
const SMALL = "cache of 1 GB, eviction as mongod has it";
const LARGE = "cache as mongod takes it (half of the memory), eviction as mongod has it";

/** What does it bring that MongoDB writes changed pages down later? */
export const eviction: Question = { name: "consumer-eviction", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  await using kafka = await startOwnKafka();
  const { broker } = kafka;
  const topics = await preload(broker, COUNT);
  const run = async (options?: OwnMongoOptions): Promise<Record<string, number>> => {
    await using mongo = await startOwnMongo(options);
    return await drain(ourConsumer, COUNT, { broker, topics, mongoUri: mongo.uri, folder });
  };
  const measured = await runRounds(
    [
      { name: OURS, run: () => run() },
      { name: SMALL, run: () => run({ engineConfig: "" }) },
      { name: LARGE, run: () => run({ engineConfig: "", cacheSizeGb: (totalmem() / 2 ** 30 - 1) / 2 }) },
    ],
    rounds,
    onProgress,
  );
  return {
    name: eviction.name,
    question: "What does it bring that MongoDB writes changed pages down later?",
    how: `${COUNT.toLocaleString("en-US")} different transactions of about 480 bytes with random ids in three partitions, one consumer, a new mongod for each run.`,
    measured,
    verdicts: [
      `${ratio(measured, RATE, OURS, SMALL).toFixed(2)} × the rate of the same cache with mongod's own eviction, ${ratio(measured, RATE, OURS, LARGE).toFixed(2)} × that of the large cache`,
    ],
  };
}
