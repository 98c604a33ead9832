import { type BSON, type Collection, type Document, MongoClient } from "mongodb";
import { startOwnMongo } from "../../test/harness/servers.ts";
import { mongodCpuSeconds } from "../consumer/drain.ts";
import { transactionAt } from "../consumer/preload.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { runRounds } from "../rounds.ts";

const COUNT = Number(process.env["BENCH_RECORDS"] ?? 1_500_000);
const BATCH = 2_000;
const LANES = 2;
const RANDOM = "random ids (`TXN-` and a UUID of version 4)";
const ORDERED = "ids in the order of their making (`TXN-` and a UUID of version 7)";
const RATE = "documents/s";

/** What does the order of the ids cost? */
export const idOrder: Question = { name: "scale-id-order", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  const run = async (idOf: () => string): Promise<Record<string, number>> => {
    await using mongo = await startOwnMongo();
    const client = await new MongoClient(mongo.uri).connect();
    try {
      const transactions = client.db("order").collection("transactions");
      const before = await mongodCpuSeconds(client.db());
      const startedAt = performance.now();
      await insertAll(transactions, idOf);
      const seconds = (performance.now() - startedAt) / 1e3;
      const cpu = (await mongodCpuSeconds(client.db())) - before;
      await client.db("admin").command({ fsync: 1 });
      const stats = await client.db("order").command({ collStats: "transactions" });
      return {
        [RATE]: COUNT / seconds,
        "mongod CPU s per million": (cpu / COUNT) * 1e6,
        "index bytes each": Number(stats["totalIndexSize"]) / COUNT,
      };
    } finally {
      await client.close();
    }
  };
  const measured = await runRounds(
    [
      { name: RANDOM, run: () => run(randomId) },
      { name: ORDERED, run: () => run(orderedId) },
    ],
    rounds,
    onProgress,
  );
  return {
    name: idOrder.name,
    question: "What does the order of the ids cost in MongoDB?",
    how: `${COUNT.toLocaleString("en-US")} documents of about 480 bytes into an empty collection, ${BATCH.toLocaleString("en-US")} an insert, ${LANES} at a time, acknowledged by the majority's journal; the index on \`_id\` is the only one.`,
    measured,
    verdicts: [`${ratio(measured, RATE, ORDERED, RANDOM).toFixed(2)} × as fast in the order of their making`],
  };
}

const randomId = (): string => `TXN-${crypto.randomUUID()}`;
const orderedId = (): string => `TXN-${Bun.randomUUIDv7()}`;

async function insertAll(transactions: Collection<Document>, idOf: () => string): Promise<void> {
  const body = JSON.parse(transactionAt(0).json) as Document;
  let left = COUNT;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      const count = Math.min(BATCH, left);
      left -= count;
      const documents = Array.from({ length: count }, () => {
        const _id = idOf();
        return { _id, ...body, transaction_id: _id } as Document;
      });
      await transactions.insertMany(documents as (Document & { _id: BSON.ObjectId })[], {
        ordered: false,
        writeConcern: { w: "majority", j: true },
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
