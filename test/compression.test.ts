import { expect, test } from "bun:test";
import { fetchKafka } from "../stack/fetch-kafka.ts";
import { noProgress } from "../stack/progress.ts";
import { transactionOf } from "./conformance/sink.ts";
import { untilRead } from "./harness/consumed.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { kafkaBroker } from "./harness/servers.ts";

const COUNT = 2_000;
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `id-${index}`);
const transactionText = (id: string): string => JSON.stringify(transactionOf(id));

/** Kafka's own console producer, one record a line. */
async function consoleProducer(broker: string, topic: string, codec: string, lines: readonly string[]): Promise<void> {
  const { java, classpath } = await fetchKafka(noProgress);
  const child = Bun.spawn(
    [
      ...[java.binary, "-cp", classpath, "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server", broker],
      ...["--topic", topic, "--compression-codec", codec, "--batch-size", "65536"],
    ],
    { stdin: Buffer.from(`${lines.join("\n")}\n`), stdout: "ignore", stderr: "pipe" },
  );
  const complaint = await new Response(child.stderr).text();
  expect(await child.exited, complaint).toBe(0);
}

test.each(["gzip", "snappy", "lz4", "zstd"])(
  "what Kafka's own producer compresses with %s is stored",
  async (codec) => {
    await using pipeline = await createPipeline();
    const consumer = await pipeline.start("consumer");
    await consoleProducer(await kafkaBroker(), pipeline.topics.faker, codec, ids(COUNT).map(transactionText));
    const { totals } = await untilRead(consumer, 6);
    expect(totals).toMatchObject({ stored: COUNT, duplicates: 0, deadLettered: 0, absent: 0 });
    const [document] = await pipeline.db.collection<{ _id: string }>("transactions").find({ _id: "id-7" }).toArray();
    expect(document).toMatchObject({ customer_id: 1000, status: "Shipped" });
  },
  60_000,
);
