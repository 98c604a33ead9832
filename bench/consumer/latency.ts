import { startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { runRounds } from "../rounds.ts";
import type { ContestantSink } from "./contestant-sink.ts";
import { kafkaConnect } from "./kafka-connect.ts";
import { OURS, ourConsumer } from "./our-consumer.ts";
import { preload } from "./preload.ts";
import { startSink } from "./running-sink.ts";
import { visibleLatency } from "./visible-latency.ts";

const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 20);
/** Until then every contestant compiles its hot code, on the two cores that are to be measured. */
const WARM_UP_SECONDS = 10;
const PER_SECOND = 1_000;
const P99 = "p99 ms";

/** How long from the send of a record until it can be seen in MongoDB? */
export const latency: Question = { name: "consumer-latency", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  const peers = await kafkaConnect(onProgress);
  await using kafka = await startOwnKafka();
  await using mongo = await startOwnMongo();
  const { broker } = kafka;
  const run = async (contestant: ContestantSink): Promise<Record<string, number>> => {
    // One record is there from the beginning: when it is stored, the contestant works.
    const [topic = ""] = await preload(broker, 1);
    await using sink = await startSink(contestant, { broker, topics: [topic], mongoUri: mongo.uri, folder });
    while ((await sink.documents()) === 0) {
      sink.expectAlive();
      await Bun.sleep(50);
    }
    const records = { count: SECONDS * PER_SECOND, warmUp: WARM_UP_SECONDS * PER_SECOND };
    const { p50, p95, p99, max } = await visibleLatency(sink, { broker, topic, ...records });
    return { "p50 ms": p50, "p95 ms": p95, [P99]: p99, "max ms": max };
  };
  // A broker that has just started takes three times the CPU, which all of them wait for, and most of all who runs first.
  onProgress("a round that is not counted, for Kafka and MongoDB to get warm");
  for (const contestant of [ourConsumer, ...peers]) await run(contestant);
  const measured = await runRounds(
    [ourConsumer, ...peers].map((contestant) => ({ name: contestant.name, run: () => run(contestant) })),
    rounds,
    onProgress,
  );
  return {
    name: latency.name,
    question: "How long from sending a record until it is visible in MongoDB?",
    how: `1,000 transactions a second for ${SECONDS} s after ${WARM_UP_SECONDS} s of warming up, three partitions, on a Kafka and a MongoDB that have already served one uncounted run of each; from the call of the producer's send to the event of a change stream on the collection, both in one process.`,
    measured,
    verdicts: peers.map(
      ({ name }) => `${ratio(measured, P99, OURS, name).toFixed(2)} of the 99th percentile of ${name}`,
    ),
  };
}
