import { startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { type Contestant, runRounds } from "../rounds.ts";
import { drain } from "./drain.ts";
import { ourConsumer } from "./our-consumer.ts";
import { preload } from "./preload.ts";

/** So many that it is about reading, not about how three processes start and grow warm on two cores. */
const COUNT = Number(process.env["BENCH_RECORDS"] ?? 1_200_000);
const PARTITIONS = [3, 12];
const CONSUMERS = [1, 2, 3];
const nameOf = (consumers: number, partitions: number): string => `consumers: ${consumers}, partitions: ${partitions}`;

/** What do more consumers of one group bring? */
export const scaling: Question = { name: "consumer-scaling", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  await using kafka = await startOwnKafka();
  await using mongo = await startOwnMongo();
  const { broker } = kafka;
  const contestants: Contestant[] = [];
  for (const partitions of PARTITIONS) {
    onProgress(`sending ${COUNT} records to ${partitions} partitions`);
    const topics = await preload(broker, COUNT, { partitions });
    for (const processes of CONSUMERS) {
      const place = { broker, topics, mongoUri: mongo.uri, folder, processes };
      contestants.push({ name: nameOf(processes, partitions), run: () => drain(ourConsumer, COUNT, place) });
    }
  }
  const measured = await runRounds(contestants, rounds, onProgress);
  return {
    name: scaling.name,
    question: "What do more consumers bring?",
    how: `${COUNT.toLocaleString("en-US")} different transactions of about 480 bytes, one group of 1, 2 or 3 consumers, all started at once; two cores for everything, Kafka and mongod included. CPU and memory are sums over the consumers.`,
    measured,
    verdicts: PARTITIONS.map((partitions) => {
      const times = (figure: string): string => {
        const of = (consumers: number): string =>
          ratio(measured, figure, nameOf(consumers, partitions), nameOf(1, partitions)).toFixed(2);
        return `2 consumers ${of(2)} ×, 3 consumers ${of(3)} × the rate of one`;
      };
      return `${partitions} partitions: ${times("documents/s from process start")} from process start; ${times("documents/s, second half")} in the second half, when all are warm`;
    }),
  };
}
