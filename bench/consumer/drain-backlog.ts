import { startOwnKafka, startOwnMongo } from "../../test/harness/servers.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { drain } from "./drain.ts";
import { CONNECT, kafkaConnect } from "./kafka-connect.ts";
import { OURS, ourConsumer } from "./our-consumer.ts";
import { preload } from "./preload.ts";
import { pythonOriginal } from "./python-original.ts";

/** Fewer for a try: the report says how many it were. */
const COUNT = Number(process.env["BENCH_RECORDS"] ?? 300_000);
const RATE = "documents/s after the first";

const inOrder = (name: string): string => `${name}, ids in order`;

/** How fast does a backlog get from Kafka to MongoDB, durably? */
export const drainBacklog: Question = { name: "consumer-backlog", ask };

async function ask({ folder, rounds, onProgress }: BenchContext): Promise<Answer> {
  const peers = [...(await kafkaConnect(onProgress)), await pythonOriginal(onProgress)];
  await using kafka = await startOwnKafka();
  await using mongo = await startOwnMongo();
  const { broker } = kafka;
  onProgress(`sending ${COUNT} records`);
  const one = await preload(broker, COUNT);
  const two = await preload(broker, COUNT, { topics: 2 });
  const ordered = await preload(broker, COUNT, { ids: "ordered" });
  const place = { broker, mongoUri: mongo.uri, folder };
  const measured = await runRounds(
    [
      { name: OURS, run: () => drain(ourConsumer, COUNT, { ...place, topics: one }) },
      { name: `${OURS}, two topics`, run: () => drain(ourConsumer, COUNT, { ...place, topics: two }) },
      ...peers.map((peer) => ({ name: peer.name, run: () => drain(peer, COUNT, { ...place, topics: one }) })),
      ...[ourConsumer, ...peers.filter(({ name }) => name === CONNECT.fastest || name === CONNECT.safe)].map(
        (sink) => ({
          name: inOrder(sink.name),
          run: () => drain(sink, COUNT, { ...place, topics: ordered }),
        }),
      ),
    ],
    rounds,
    onProgress,
  );
  const times = (figure: string, theirs: string, ours = OURS): string =>
    ratio(measured, figure, ours, theirs).toFixed(2);
  const timesInOrder = (theirs: string): string => times(RATE, inOrder(theirs), inOrder(OURS));
  return {
    name: drainBacklog.name,
    question: "How fast does a backlog get from Kafka to MongoDB?",
    how: `${COUNT.toLocaleString("en-US")} different transactions of about 480 bytes with random ids in three partitions (of which the slow ones get fewer: Connect with its defaults 100,000, the Python original 5,000), one broker and one mongod, writes acknowledged by the majority's journal; each program from its own start, into an empty database. The count of documents is watched from outside. Ids in order are those of our Faker source, which MongoDB appends to its index.`,
    measured,
    verdicts: [
      `${times(RATE, CONNECT.safe)} × Connect's setting that survives redelivery, ${times(RATE, CONNECT.fastest)} × its fastest, ${times(RATE, CONNECT.byDefault)} × its default`,
      `with ids in order ${timesInOrder(CONNECT.safe)} × Connect's safe setting, ${timesInOrder(CONNECT.fastest)} × its fastest`,
      `${times("documents/s from process start", CONNECT.fastest)} × its fastest from process start`,
      `${times("peak memory MB", CONNECT.fastest)} of its memory, ${times("client CPU s per million", CONNECT.fastest)} of its CPU time`,
    ],
  };
}
