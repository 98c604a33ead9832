import { expect, test } from "bun:test";
import type { Db } from "mongodb";
import { type Rollup, TOP_KEPT } from "#contract/rollup.ts";
import { COLLECTIONS, type StoredTransaction } from "#contract/storage.ts";
import { createMongoClient } from "../consumer/mongo-client.ts";
import { PreparedSink } from "../consumer/prepared-sink.ts";
import { MongoSink } from "../consumer/sink-mongo.ts";
import { chunkFor, transactionOf } from "./conformance/sink.ts";
import { withDatabase } from "./harness/pipeline.ts";
import { mongoUri } from "./harness/servers.ts";
import { randomName } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

const BATCHES = 20;
const PRODUCTS = 100;

/** One transaction for each product; of which one most is sold changes from batch to batch. */
function batch(number: number): object[] {
  return Array.from({ length: PRODUCTS }, (_, product) => {
    const quantity = 1 + ((product * 31 + number * 17) % 23);
    const product_details = [{ product_id: `PROD-${product}`, product_name: `Product ${product}`, quantity, price: 1 }];
    return transactionOf(`${number}-${product}`, { product_details, total_amount: quantity });
  });
}

interface Store extends AsyncDisposable {
  readonly db: Db;
  readonly sink: PreparedSink;
}

async function openStore(): Promise<Store> {
  const uri = withDatabase(await mongoUri(), randomName("rollups"));
  const client = createMongoClient(uri, "rollups");
  const db = client.db();
  const sink = new PreparedSink(db, { rollupHours: 24, deadLetterDays: 0 }, new MongoSink(client, db, "test"));
  return {
    db,
    sink,
    [Symbol.asyncDispose]: async () => {
      await db.dropDatabase();
      await client.close();
    },
  };
}

test("a rollup counts the largest products of its second to the last piece, and no product more than it was sold", async () => {
  await using store = await openStore();
  const { db, sink } = store;
  const [plain, poisoned] = [await sink.claim("t", 0, 0), await sink.claim("t", 1, 0)];
  for (let number = 0; number < BATCHES; number++) {
    await sink.write(plain, chunkFor(plain, batch(number)));
    // Those with poison are written in another way.
    const values = batch(BATCHES + number);
    await sink.write(poisoned, chunkFor(poisoned, number % 3 === 1 ? [...values, "poison"] : values));
  }
  const rollups = await db.collection<Rollup>(COLLECTIONS.rollups).find().toArray();
  const transactions = await db.collection<StoredTransaction>(COLLECTIONS.transactions).find().toArray();
  expect(transactions).toHaveLength(2 * BATCHES * PRODUCTS);
  for (const { partition, second, products, revenueCents } of rollups) {
    const pieces = new Map<string, number>();
    for (const { ingest, product_details: details } of transactions)
      if (ingest.partition === partition && Math.floor(ingest.stored_at.getTime() / 1000) === second.getTime() / 1000)
        for (const { product_name: name, quantity } of details) pieces.set(name, (pieces.get(name) ?? 0) + quantity);
    expect(revenueCents).toBe(100 * [...pieces.values()].reduce((sum, sold) => sum + sold, 0));
    for (const [name, told] of Object.entries(products)) {
      expect(told.pieces).toBeLessThanOrEqual(pieces.get(name) ?? 0);
      expect(told.cents).toBe(told.pieces * 100);
    }
    if (partition !== plain.partition) continue;
    expect(Object.keys(products).length).toBeLessThan(PRODUCTS);
    const least = [...pieces.values()].sort((a, b) => b - a)[TOP_KEPT - 1] ?? Number.NaN;
    const largest = [...pieces].filter(([, sold]) => sold > least);
    expect(largest.length).toBeGreaterThan(0);
    for (const [name, sold] of largest)
      expect({ name, pieces: products[name]?.pieces }).toEqual({ name, pieces: sold });
  }
});

test("what is sold in a chunk that takes a second try is counted once", async () => {
  await using store = await openStore();
  const { db, sink } = store;
  const claim = await sink.claim("t", 0, 0);
  const sold = (id: string, product_name: string, quantity: number): object =>
    transactionOf(id, {
      product_details: [{ product_id: "PROD-1", product_name, quantity, price: 1 }],
      total_amount: quantity,
    });
  // All of it is to be in one second.
  await until("a second has just begun", () => Date.now() % 1000 < 300);
  await sink.write(
    claim,
    chunkFor(
      claim,
      Array.from({ length: TOP_KEPT }, (_, index) => sold(`large-${index}`, `Large ${index}`, 10)),
    ),
  );
  // Its first try ends at the id that is known.
  await sink.write(claim, chunkFor(claim, [sold("large-0", "Large 0", 10), sold("small-1", "Small", 6)]));
  await sink.write(claim, chunkFor(claim, [sold("small-2", "Small", 6)]));
  const rollups = await db.collection<Rollup>(COLLECTIONS.rollups).find().toArray();
  const pieces = (name: string): number =>
    rollups.reduce((sum, { products }) => sum + (products[name]?.pieces ?? 0), 0);
  expect([pieces("Large 0"), pieces("Small")]).toEqual([10, 12]);
});
