import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import { mongodCpuSeconds } from "../consumer/drain.ts";
import { ourConsumer } from "../consumer/our-consumer.ts";
import { preload } from "../consumer/preload.ts";
import { startSink } from "../consumer/running-sink.ts";
import { usageOf } from "../process-usage.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";

const COUNT = Number(process.env["BENCH_RECORDS"] ?? 500_000);
const DEADLINE_MS = 300_000;

/** What does a million transactions cost in each part, in CPU and on disk? */
export const stageCosts: Question = { name: "scale-stages", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  const run = async (): Promise<Record<string, number>> => {
    await using kafka = await startOwnKafka();
    await using mongo = await startOwnMongo();
    const perMillion = 1e6 / COUNT;
    const broker = (): number => usageOf(kafka.pid()).cpuSeconds;
    const idle = broker();
    const topics = await preload(kafka.broker, COUNT, { ids: "ordered" });
    const written = broker();
    await using sink = await startSink(ourConsumer, { broker: kafka.broker, topics, mongoUri: mongo.uri, folder });
    const before = await mongodCpuSeconds(sink.client.db());
    while ((await sink.documents()) < COUNT) {
      sink.expectAlive();
      if (performance.now() - sink.startedAt > DEADLINE_MS) throw new Error(`not all of ${COUNT} were stored`);
      await Bun.sleep(20);
    }
    const consumer = usageOf(sink.pids[0] ?? 0).cpuSeconds;
    const read = broker();
    const mongod = (await mongodCpuSeconds(sink.client.db())) - before;
    // What is on disk is known after a checkpoint.
    await sink.client.db("admin").command({ fsync: 1 });
    const stats = await sink.client.db(sink.database).command({ collStats: "transactions" });
    return {
      "broker, writing: CPU s": (written - idle) * perMillion,
      "broker, reading: CPU s": (read - written) * perMillion,
      "consumer: CPU s": consumer * perMillion,
      "mongod: CPU s": mongod * perMillion,
      "Kafka: bytes each": bytesOf(kafka.logFolder, topics[0] ?? "") / COUNT,
      "MongoDB, documents: bytes each": Number(stats["storageSize"]) / COUNT,
      "MongoDB, index: bytes each": Number(stats["totalIndexSize"]) / COUNT,
    };
  };
  const measured = await runRounds([{ name: "**ours**", run }], rounds, onProgress);
  return {
    name: stageCosts.name,
    question: "What does a million transactions cost in each part?",
    how: `${COUNT.toLocaleString("en-US")} different transactions of about 480 bytes in three partitions, written, then stored by one consumer; CPU seconds for a million, bytes on disk for each (Kafka's without compression, one replica; MongoDB's with snappy, its default).`,
    measured,
    verdicts: [],
  };
}

function bytesOf(logFolder: string, topic: string): number {
  const partitions = readdirSync(logFolder).filter((name) => name.replace(/-\d+$/, "") === topic);
  const files = partitions.flatMap((name) =>
    readdirSync(join(logFolder, name)).map((file) => join(logFolder, name, file)),
  );
  return files.filter((file) => file.endsWith(".log")).reduce((sum, file) => sum + statSync(file).size, 0);
}
