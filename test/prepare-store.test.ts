import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Db, MongoClient } from "mongodb";
import { prepareStore } from "../consumer/prepare-store.ts";
import { type OwnMongo, startOwnMongo } from "./harness/servers.ts";
import { randomName } from "./harness/topics.ts";

const RETENTION = { rollupHours: 24, deadLetterDays: 0 };
const COLLECTIONS = ["dead_letters", "ledger", "rollups", "transactions"];

const SMALL = { storageEngine: { wiredTiger: { configString: "memory_page_max=1m" } } };

let mongo: OwnMongo;
let client: MongoClient;
beforeAll(async () => {
  mongo = await startOwnMongo();
  client = await new MongoClient(mongo.uri).connect();
});
afterAll(async () => {
  await client.close();
  await mongo[Symbol.asyncDispose]();
});

async function optionsOf(db: Db): Promise<Record<string, object | undefined>> {
  const collections = await db.listCollections().toArray();
  return Object.fromEntries(
    collections
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((at) => [at.name, "options" in at ? at.options : undefined]),
  );
}

test("collections whose documents change all the time have small pages, also when several consumers make them", async () => {
  const db = client.db(randomName("prepare"));
  await Promise.all([1, 2, 3].map(() => prepareStore(db, RETENTION)));
  expect(await optionsOf(db)).toEqual({ dead_letters: {}, ledger: SMALL, rollups: SMALL, transactions: {} });
});

test("a collection that is there already stays as it is", async () => {
  const db = client.db(randomName("prepare"));
  await db.createCollection("ledger");
  await prepareStore(db, RETENTION);
  const options = await optionsOf(db);
  expect(Object.keys(options)).toEqual(COLLECTIONS);
  expect(options["ledger"]).toEqual({});
});

test("where MongoDB lets nobody choose the pages' size, the collections are made without", async () => {
  const db = client.db(randomName("prepare"));
  const admin = client.db("admin");
  await admin.command({
    configureFailPoint: "failCommand",
    mode: { times: 1 },
    data: { failCommands: ["create"], namespace: `${db.databaseName}.ledger`, errorCode: 8_000 },
  });
  await prepareStore(db, RETENTION);
  const options = await optionsOf(db);
  expect(Object.keys(options)).toEqual(COLLECTIONS);
  expect([options["ledger"], options["rollups"]]).toEqual([{}, SMALL]);
});
