import { join } from "node:path";
import { getJson, setRate } from "../../test/harness/http.ts";
import { startOwnKafka } from "../../test/harness/servers.ts";
import { startService } from "../../test/harness/service-process.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";
import { until } from "../../test/harness/until.ts";
import { usageOf } from "../process-usage.ts";
import { peersPython } from "../python.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { type Contestant, runRounds } from "../rounds.ts";
import { runProcess } from "../run-process.ts";

const SECONDS = 8;
const WARM_UP_COUNT = 200_000;
/** More than any machine makes: the source goes as fast as it can. */
const ASKED = 1_000_000;
const OURS = "**ours** (producer, `PUT /rate`)";
const ORIGINAL = "Faker for Python + aiokafka, one after the other (the original's way)";
const BATCHED = "Faker for Python + aiokafka, 5,000 at once, larger batches";
const PEER = join(import.meta.dir, "..", "peers", "generate_aiokafka.py");

/** How many transactions, each another one, can one process generate and get acknowledged a second? */
export const generateToKafka: Question = { name: "generate-to-kafka", ask };

interface Stats {
  readonly acknowledged: number;
  readonly failed: number;
  readonly resent: number;
}

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  const python = await peersPython(onProgress);
  await using own = await startOwnKafka();
  const { broker } = own;
  const newTopic = async (): Promise<string> => {
    const topic = randomName("bench");
    await createTopic(broker, topic);
    return topic;
  };
  const peer = (name: string, way: string): Contestant => ({
    name,
    run: async () => {
      const { stdout, cpuSeconds, peakMb } = await runProcess([
        python,
        PEER,
        broker,
        await newTopic(),
        String(SECONDS),
        way,
      ]);
      const { count, seconds } = JSON.parse(stdout) as { count: number; seconds: number };
      return figuresOf(count, seconds, cpuSeconds, peakMb);
    },
  });
  const measured = await runRounds(
    [
      { name: OURS, run: async () => atFullRate(broker, await newTopic()) },
      peer(ORIGINAL, "original"),
      peer(BATCHED, "batched"),
    ],
    rounds,
    onProgress,
  );
  const times = (theirs: string): string => ratio(measured, "tx/s acknowledged", OURS, theirs).toFixed(1);
  return {
    name: generateToKafka.name,
    question: "How many transactions a second does one process generate and get acknowledged?",
    how: `Every transaction is another one, acks=all, one broker, three partitions, a new topic each; over ${SECONDS} s. Ours is the whole service, asked for ${ASKED.toLocaleString("en-US")} a second and measured by its \`/stats\` once it has made ${WARM_UP_COUNT.toLocaleString("en-US")}; the peers are loops without a service around them, measured from their first transaction.`,
    measured,
    verdicts: [`${times(ORIGINAL)} × the original's way, ${times(BATCHED)} × the same parts in batches`],
  };
}

async function atFullRate(broker: string, topic: string): Promise<Record<string, number>> {
  const env = { KAFKA_BROKER: broker, FAKER_TOPIC: topic, RATE: "0", MAX_RATE: String(ASKED), SEED: "1" };
  await using source = await startService("producer", env);
  const stats = (): Promise<Stats> => getJson<Stats>(`${source.url}/stats`);
  await until("Kafka is connected", async () => (await fetch(`${source.url}/readyz`)).ok);
  await setRate(source.url, ASKED);
  await until("it is warm", async () => (await stats()).acknowledged >= WARM_UP_COUNT, 120_000);
  const [began, first, before] = [performance.now(), await stats(), usageOf(source.pid)];
  await Bun.sleep(SECONDS * 1000);
  const [ended, last, after] = [performance.now(), await stats(), usageOf(source.pid)];
  if (last.failed > 0 || last.resent > 0) throw new Error(`${last.failed} failed, ${last.resent} were sent again`);
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return figuresOf(last.acknowledged - first.acknowledged, (ended - began) / 1000, cpuSeconds, after.peakMb);
}

function figuresOf(count: number, seconds: number, cpuSeconds: number, peakMb: number): Record<string, number> {
  return {
    "tx/s acknowledged": count / seconds,
    "CPU s per million": (cpuSeconds / count) * 1e6,
    "peak memory MB": peakMb,
  };
}
