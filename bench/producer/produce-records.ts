import { join } from "node:path";
import { fetchKafka } from "../../stack/fetch-kafka.ts";
import { startOwnKafka } from "../../test/harness/servers.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";
import { peersPython } from "../python.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { type Contestant, runRounds } from "../rounds.ts";
import { runProcess } from "../run-process.ts";
import { writeRecords } from "../write-records.ts";

const COUNT = 300_000;
const DIFFERENT = 50_000;
const PEERS = join(import.meta.dir, "..", "peers");
const OURS = "**ours** (runtime/publisher.ts)";
const JAVA = "Java ProducerPerformance, its defaults";
const AIOKAFKA = "aiokafka, its defaults";
const TUNED_AIOKAFKA = "aiokafka, batches of 128 KiB and a linger of 5 ms";

/** How many pre-made records a second go to Kafka, each acknowledged by all in-sync replicas? */
export const produceRecords: Question = { name: "produce-records", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  const kafka = await fetchKafka(onProgress);
  const python = await peersPython(onProgress);
  const records = join(folder, "records.jsonl");
  await writeRecords(records, DIFFERENT);
  await using own = await startOwnKafka();
  const { broker } = own;
  const secondsOf = (stdout: string): number =>
    (JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as { seconds: number }).seconds;
  const contestant = (name: string, command: (topic: string) => string[], seconds = secondsOf): Contestant => ({
    name,
    run: async () => {
      const topic = randomName("bench");
      await createTopic(broker, topic);
      const { stdout, cpuSeconds, peakMb } = await runProcess(command(topic));
      return {
        "records/s": COUNT / seconds(stdout),
        "client CPU s per million": (cpuSeconds / COUNT) * 1e6,
        "peak memory MB": peakMb,
      };
    },
  });
  const java = (topic: string): string[] => [
    ...[kafka.java.binary, "-cp", kafka.classpath, "org.apache.kafka.tools.ProducerPerformance"],
    ...["--bootstrap-server", broker, "--topic", topic, "--num-records", String(COUNT), "--throughput", "-1"],
    ...["--payload-file", records, "--command-property", "acks=all"],
  ];
  const aiokafka = (topic: string, setting: string): string[] => [
    ...[python, join(PEERS, "produce_aiokafka.py"), broker, topic, records, String(COUNT), setting],
  ];
  const measured = await runRounds(
    [
      contestant(OURS, (topic) => [
        process.execPath,
        join(PEERS, "produce-ours.ts"),
        broker,
        topic,
        records,
        String(COUNT),
      ]),
      contestant("kafkajs, its defaults", (topic) => [
        process.execPath,
        join(PEERS, "produce-kafkajs.ts"),
        broker,
        topic,
        records,
        String(COUNT),
      ]),
      contestant(JAVA, java, javaSeconds),
      contestant(AIOKAFKA, (topic) => aiokafka(topic, "default")),
      contestant(TUNED_AIOKAFKA, (topic) => aiokafka(topic, "tuned")),
    ],
    rounds,
    onProgress,
  );
  const times = (theirs: string): string => ratio(measured, "records/s", OURS, theirs).toFixed(2);
  return {
    name: produceRecords.name,
    question: "How many pre-made records a second go to Kafka?",
    how: `${COUNT.toLocaleString("en-US")} transactions of about 480 bytes, acks=all, one broker, three partitions, a new topic each; every process from its own start, the rate from its first record to the last acknowledgement.`,
    measured,
    verdicts: [
      `${times(JAVA)} × Java's ProducerPerformance`,
      `${times(AIOKAFKA)} × aiokafka with its defaults, ${times(TUNED_AIOKAFKA)} × tuned`,
      `${times("kafkajs, its defaults")} × kafkajs as it comes`,
    ],
  };
}

/** Its last line: `300000 records sent, 85470.085470 records/sec (…)`. */
function javaSeconds(stdout: string): number {
  const perSecond = [...stdout.matchAll(/records sent, ([\d.]+) records\/sec/g)].at(-1)?.[1];
  return COUNT / Number(perSecond);
}
