import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, MongoClient } from "mongodb";
import { COLLECTIONS, type LedgerEntry, ledgerId, type StoredTransaction } from "#contract/storage.ts";
import { createMongoClient } from "../consumer/mongo-client.ts";
import { pauseMs } from "../consumer/pause.ts";
import { PreparedSink } from "../consumer/prepared-sink.ts";
import type { Chunk } from "../consumer/record.ts";
import { type Claim, type Sink, SinkUnavailable, type Written } from "../consumer/sink.ts";
import { MongoSink } from "../consumer/sink-mongo.ts";
import { chunkFor, describeSink, expectIdentity, type SinkUnderTest, transactionOf } from "./conformance/sink.ts";
import { withDatabase } from "./harness/pipeline.ts";
import { mongoUri, type OwnMongo, startOwnMongo } from "./harness/servers.ts";
import { randomName } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

describeSink("MongoDB", async () => openStore(await mongoUri()));

/** What breaks the server must not break it for others. */
let own: OwnMongo;
beforeAll(async () => {
  own = await startOwnMongo();
});
afterAll(() => own[Symbol.asyncDispose]());

interface MongoUnderTest extends SinkUnderTest {
  readonly db: Db;
  readonly uri: string;
  /** @param owner - how the ledger calls it */
  connect(owner?: string): Sink;
}

async function openStore(server: string): Promise<MongoUnderTest> {
  const uri = withDatabase(server, randomName("sink"));
  const clients = [new MongoClient(uri)];
  const db = clients[0]?.db() as Db;
  const majority = { readConcern: { level: "majority" } } as const;
  const all = (name: string) => db.collection<never>(name).find({}, majority).sort({ _id: 1 }).toArray();
  return {
    db,
    uri,
    connect: (owner = randomName("owner")) => {
      const client = createMongoClient(uri, "sink");
      clients.push(client);
      const retention = { rollupHours: 24, deadLetterDays: 0 };
      return new PreparedSink(client.db(), retention, new MongoSink(client, client.db(), owner));
    },
    ledger: (topic, partition) =>
      db.collection<LedgerEntry>(COLLECTIONS.ledger).findOne({ _id: ledgerId(topic, partition) }, majority),
    forgetLedger: async () => {
      await db.collection(COLLECTIONS.ledger).deleteMany({});
    },
    transactions: () => all(COLLECTIONS.transactions) as Promise<StoredTransaction[]>,
    deadLetters: () => all(COLLECTIONS.deadLetters),
    [Symbol.asyncDispose]: async () => {
      await db.dropDatabase();
      for (const client of clients) await client.close();
    },
  };
}

/** Lets commands fail on the server as often as asked. */
async function failing(db: Db, times: number, data: object): Promise<void> {
  const mode = times === 0 ? "off" : { times };
  const command = { configureFailPoint: "failCommand", mode, data: { appName: "sink", ...data } };
  await db.client.db("admin").command(command);
}

/** How many transactions are open on the whole server. */
async function openTransactions(db: Db): Promise<number> {
  const { transactions } = await db.client.db("admin").command({ serverStatus: 1 });
  return transactions.currentOpen;
}

/** How many commands that move the ledger, or begin to, the whole server has refused. */
async function failedUpdates(db: Db): Promise<number> {
  const { metrics } = await db.client.db("admin").command({ serverStatus: 1 });
  return Number(metrics.commands.update.failed);
}

/** As the consumer does: again and again, with its pauses. */
async function writeUntilItWorks(sink: Sink, claim: Claim, chunk: Chunk): Promise<{ written: Written; tries: number }> {
  for (let tries = 1; ; tries++) {
    try {
      return { written: await sink.write(claim, chunk), tries };
    } catch (error) {
      if (!(error instanceof SinkUnavailable) || tries > 20) throw error;
    }
    await Bun.sleep(pauseMs(tries));
  }
}

const rows = [transactionOf("a"), transactionOf("b"), transactionOf("b"), "poison"];
const failures: [string, object][] = [
  ["the connection breaks during the insert", { failCommands: ["insert"], closeConnection: true }],
  ["the connection breaks while the ledger moves", { failCommands: ["update"], closeConnection: true }],
  ["the connection breaks at the commit", { failCommands: ["commitTransaction"], closeConnection: true }],
  [
    "nobody knows whether the commit happened",
    {
      failCommands: ["commitTransaction"],
      writeConcernError: { code: 64, errmsg: "waiting for replication timed out" },
    },
  ],
  ["a write conflict", { failCommands: ["insert"], errorCode: 112, errorLabels: ["TransientTransactionError"] }],
  ["the primary steps down in the middle", { failCommands: ["insert"], errorCode: 10_107 }],
  ["the disk is full", { failCommands: ["insert"], errorCode: 14_031 }],
  ["the server interrupts the lookup of known ids", { failCommands: ["find"], errorCode: 11_600 }],
];

test.each(failures)("%s: the chunk is written exactly once", async (_, data) => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  // So that the second chunk looks ids up.
  await sink.write(claim, chunkFor(claim, [transactionOf("a")]));
  const chunk = chunkFor(claim, rows);
  await failing(store.db, 3, data);
  const { tries } = await writeUntilItWorks(sink, claim, chunk).finally(() => failing(store.db, 0, data));
  expect(tries).toBeGreaterThan(1);
  const entry = await store.ledger("t", 0);
  expect(entry).toMatchObject({ nextOffset: 5, stored: 2, duplicates: 2, deadLettered: 1 });
  expectIdentity(entry);
  expect((await store.transactions()).map(({ _id }) => _id)).toEqual(["a", "b"]);
  expect(await store.deadLetters()).toHaveLength(1);
  const rollups = await store.db.collection(COLLECTIONS.rollups).find().toArray();
  expect(rollups.reduce((sum, { stored }) => sum + Number(stored), 0)).toBe(2);
});

test.each(failures)("%s while a chunk without faults is written in two messages: exactly once", async (_, data) => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  const before = await committed(store.db);
  // More than goes into a group of several partitions.
  const chunk = chunkFor(
    claim,
    Array.from({ length: 600 }, (__, index) => transactionOf(`id-${index}`)),
  );
  // Once for the two messages, and once for what is then written with care.
  await failing(store.db, 2, data);
  await writeUntilItWorks(sink, claim, chunk).finally(() => failing(store.db, 0, data));
  expect(await committed(store.db)).toBe(before + 1);
  expect(await store.ledger("t", 0)).toMatchObject({ nextOffset: 600, stored: 600, duplicates: 0, deadLettered: 0 });
  expect(await store.transactions()).toHaveLength(600);
  const rollups = await store.db.collection(COLLECTIONS.rollups).find().toArray();
  expect(rollups.reduce((sum, { stored }) => sum + Number(stored), 0)).toBe(600);
});

test("chunks without faults are one transaction each, written at the first try", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  const before = await committed(store.db);
  const failedBefore = await failedUpdates(store.db);
  for (let round = 0; round < 5; round++) {
    const rows = Array.from({ length: 600 }, (_, index) => transactionOf(`id-${round}-${index}`));
    expect(await sink.write(claim, chunkFor(claim, rows))).toMatchObject({ kind: "written", stored: 600 });
  }
  expect(await committed(store.db)).toBe(before + 5);
  expect(await failedUpdates(store.db)).toBe(failedBefore);
});

test("a network error in the bulk write of dead letters, which comes without write errors, is no success", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  const chunk = chunkFor(claim, ["poison", "poison", "poison"]);
  // There is no transaction in it: the only insert is that of the letters.
  await failing(store.db, 1, { failCommands: ["insert"], closeConnection: true });
  await expect(sink.write(claim, chunk)).rejects.toBeInstanceOf(SinkUnavailable);
  const { written } = await writeUntilItWorks(sink, claim, chunk);
  expect(written).toMatchObject({ kind: "written", deadLettered: 3 });
  expect(await store.deadLetters()).toHaveLength(3);
});

test("an owner that went away in the middle of a transaction is replaced at once, not when the server gives it up", async () => {
  await using store = await openStore(own.uri);
  const gone = store.connect();
  const claim = await gone.claim("t", 0, 0);
  // The driver commits twice; then nobody speaks of the transaction any more, as after a kill, and it stays open.
  await failing(store.db, 2, { failCommands: ["commitTransaction"], closeConnection: true });
  await expect(gone.write(claim, chunkFor(claim, rows))).rejects.toBeInstanceOf(SinkUnavailable);
  expect(await openTransactions(store.db)).toBe(1);
  const successor = store.connect();
  const startedAt = performance.now();
  const taken = await successor.claim("t", 0, 0);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(await successor.write(taken, chunkFor(taken, rows))).toMatchObject({ kind: "written", stored: 2 });
  expect(await gone.write(claim, chunkFor(claim, rows))).toEqual({ kind: "fenced" });
  expect(await store.ledger("t", 0)).toMatchObject({ nextOffset: 4, stored: 2, duplicates: 1, deadLettered: 1 });
}, 60_000);

test("an earlier claim of the same process neither writes nor ends the transaction of the present one", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const earlier = await sink.claim("t", 0, 0);
  const present = await sink.claim("t", 0, 0);
  await failing(store.db, 1, { failCommands: ["insert"], blockConnection: true, blockTimeMS: 1_000 });
  const writing = sink.write(present, chunkFor(present, rows));
  await until("it is in the middle of its transaction", async () => (await openTransactions(store.db)) === 1);
  expect(await sink.write(earlier, chunkFor(earlier, [transactionOf("c"), "poison"]))).toEqual({ kind: "fenced" });
  expect(await writing).toMatchObject({ kind: "written", stored: 2, duplicates: 1, deadLettered: 1 });
  expect((await store.transactions()).map(({ _id }) => _id)).toEqual(["a", "b"]);
});

test("the ledger says who has a partition now", async () => {
  await using store = await openStore(await mongoUri());
  await store.connect("host:1").claim("t", 0, 0);
  expect(await store.ledger("t", 0)).toMatchObject({ owner: "host:1" });
  await store.connect("host:2").claim("t", 0, 0);
  expect(await store.ledger("t", 0)).toMatchObject({ owner: "host:2" });
});

test("a slow server is waited for", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  await failing(store.db, 1, { failCommands: ["insert"], blockConnection: true, blockTimeMS: 500 });
  const startedAt = performance.now();
  expect(await sink.write(claim, chunkFor(claim, rows))).toMatchObject({ kind: "written", stored: 2 });
  expect(performance.now() - startedAt).toBeGreaterThan(450);
});

test("a rule that somebody gave the collection parks what breaks it, and nothing else", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  await store.db.command({ collMod: COLLECTIONS.transactions, validator: { customer_id: { $lt: 5_000 } } });
  await store.db.collection(COLLECTIONS.transactions).createIndex({ note: 1 }, { unique: true, sparse: true });
  const chunk = chunkFor(claim, [
    transactionOf("a"),
    transactionOf("b", { customer_id: 9_999 }),
    { ...transactionOf("c"), note: "one" },
    { ...transactionOf("d"), note: "one" },
  ]);
  expect(await sink.write(claim, chunk)).toMatchObject({ kind: "written", stored: 2, deadLettered: 2 });
  expect((await store.deadLetters()).map(({ _id, reason }) => [_id, reason])).toEqual([
    ["t/0/1", "invalid-transaction"],
    ["t/0/3", "invalid-transaction"],
  ]);
  expectIdentity(await store.ledger("t", 0));
});

test("a message that the server refuses as a whole is taken apart to find the one", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  await failing(store.db, 1, { failCommands: ["insert"], errorCode: 10_334 });
  expect(await sink.write(claim, chunkFor(claim, rows))).toMatchObject({ kind: "written", stored: 2, deadLettered: 1 });
});

test("a server that is gone is SinkUnavailable for claims and writes, and both work when it is back", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claim = await sink.claim("t", 0, 0);
  await own.kill();
  await expect(sink.write(claim, chunkFor(claim, rows))).rejects.toBeInstanceOf(SinkUnavailable);
  await expect(sink.claim("t", 1, 0)).rejects.toBeInstanceOf(SinkUnavailable);
  await own.start();
  const { written } = await writeUntilItWorks(sink, claim, chunkFor(claim, rows));
  expect(written).toMatchObject({ kind: "written", stored: 2 });
}, 60_000);

/** Three partitions whose chunks are written at the same time, as one fetch brings them. */
async function claimThree(sink: Sink): Promise<Claim[]> {
  return Promise.all([0, 1, 2].map((partition) => sink.claim("t", partition, 0)));
}

function chunksFor(claims: readonly Claim[], round: number): Chunk[] {
  return claims.map((claim) =>
    chunkFor(claim, [transactionOf(`${round}-${claim.partition}-a`), transactionOf(`${round}-${claim.partition}-b`)]),
  );
}

async function committed(db: Db): Promise<number> {
  const { transactions } = await db.client.db("admin").command({ serverStatus: 1 });
  return Number(transactions.totalCommitted);
}

test("small chunks that come together are one transaction each time, for as long as they come", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claims = await claimThree(sink);
  const before = await committed(store.db);
  // More often than there are connections in the driver's pool.
  for (let round = 1; round <= 20; round++) {
    const chunks = chunksFor(claims, round);
    await Promise.all(claims.map((claim, index) => sink.write(claim, chunks[index] as Chunk)));
  }
  expect(await committed(store.db)).toBe(before + 20);
  expect(await store.transactions()).toHaveLength(120);
});

test("a document that is too large is parked, and holds up none of those that come together with it", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claims = await claimThree(sink);
  const [first, , third] = chunksFor(claims, 1);
  const large = { ...transactionOf("1-1-a"), note: "x".repeat(17 * 1024 * 1024) };
  const chunks = [first, chunkFor(claims[1] as Claim, [large, transactionOf("1-1-b")]), third];
  const written = await Promise.all(claims.map((claim, index) => sink.write(claim, chunks[index] as Chunk)));
  expect(written).toMatchObject([{ stored: 2 }, { stored: 1, deadLettered: 1 }, { stored: 2 }]);
  expect(await store.transactions()).toHaveLength(5);
  expect(await store.deadLetters()).toMatchObject([{ _id: "t/1/0", reason: "too-large" }]);
});

test("small chunks of several partitions that come together are one transaction", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claims = await claimThree(sink);
  const before = await committed(store.db);
  const chunks = chunksFor(claims, 1);
  const written = await Promise.all(claims.map((claim, index) => sink.write(claim, chunks[index] as Chunk)));
  expect(await committed(store.db)).toBe(before + 1);
  for (const one of written) expect(one).toMatchObject({ kind: "written", stored: 2, duplicates: 0, deadLettered: 0 });
  expect(await store.transactions()).toHaveLength(6);
  for (const { partition, nextOffset } of claims) {
    expect(nextOffset).toBe(2);
    expect(await store.ledger("t", partition)).toMatchObject({ nextOffset: 2, stored: 2 });
  }
  const rollups = await store.db.collection(COLLECTIONS.rollups).find().toArray();
  expect(rollups.map(({ stored }) => Number(stored))).toEqual([2, 2, 2]);
});

test.each(failures)("%s while several partitions are written together: each exactly once", async (_, data) => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claims = await claimThree(sink);
  const chunks = chunksFor(claims, 1);
  await failing(store.db, 4, data);
  await Promise.all(claims.map((claim, index) => writeUntilItWorks(sink, claim, chunks[index] as Chunk))).finally(() =>
    failing(store.db, 0, data),
  );
  expect(await store.transactions()).toHaveLength(6);
  for (const { partition } of claims) {
    const entry = await store.ledger("t", partition);
    expect(entry).toMatchObject({ nextOffset: 2, stored: 2, duplicates: 0 });
    expectIdentity(entry);
  }
  const rollups = await store.db.collection(COLLECTIONS.rollups).find().toArray();
  expect(rollups.reduce((sum, { stored }) => sum + Number(stored), 0)).toBe(6);
});

test("a partition that was lost does not hold up those that are written together with it", async () => {
  await using store = await openStore(own.uri);
  const sink = store.connect();
  const claims = await claimThree(sink);
  const successor = await store.connect().claim("t", 1, 0);
  const chunks = chunksFor(claims, 1);
  const written = await Promise.all(
    claims.map((claim, index) => writeUntilItWorks(sink, claim, chunks[index] as Chunk)),
  );
  expect(written.map((one) => one.written.kind)).toEqual(["written", "fenced", "written"]);
  expect(await store.ledger("t", 1)).toMatchObject({ nextOffset: 0, stored: 0, epoch: successor.epoch });
  expect((await store.transactions()).map(({ _id }) => _id)).toEqual(["1-0-a", "1-0-b", "1-2-a", "1-2-b"]);
});

test("an owner that went away in the middle of writing several partitions together is replaced at once", async () => {
  await using store = await openStore(own.uri);
  const gone = store.connect();
  const claims = await claimThree(gone);
  const chunks = chunksFor(claims, 1);
  await failing(store.db, 8, { failCommands: ["commitTransaction"], closeConnection: true });
  await Promise.allSettled(claims.map((claim, index) => gone.write(claim, chunks[index] as Chunk)));
  await failing(store.db, 0, {});
  const successor = store.connect();
  const startedAt = performance.now();
  const taken = await claimThree(successor);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  const again = await Promise.all(taken.map((claim, index) => successor.write(claim, chunks[index] as Chunk)));
  for (const one of again) expect(one).toMatchObject({ kind: "written" });
  for (const [index, claim] of claims.entries())
    expect(await gone.write(claim, chunks[index] as Chunk)).toEqual({ kind: "fenced" });
  expect(await store.transactions()).toHaveLength(6);
}, 60_000);
