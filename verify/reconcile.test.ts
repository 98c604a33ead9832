import { expect, test } from "bun:test";
import type { LedgerEntry } from "#contract/storage.ts";
import type { MongoPartition } from "./count-mongo.ts";
import { printAccount } from "./print-account.ts";
import { type Account, reconcile } from "./reconcile.ts";

interface Situation {
  ledger?: Partial<LedgerEntry>;
  mongo?: Partial<MongoPartition>;
  low?: number;
  end?: number;
  held?: number;
  acknowledged?: number;
  strangers?: number;
}

/** 100 records: 95 stored, 2 duplicates, 3 dead letters; then what the test changes. */
function accountOf(situation: Situation): Account {
  const ledger = {
    _id: "t/0",
    topic: "t",
    partition: 0,
    firstOffset: 0,
    nextOffset: 100,
    stored: 95,
    duplicates: 2,
    deadLettered: 3,
    absent: 0,
    ...situation.ledger,
  } as LedgerEntry;
  const partition = { ledger, documents: 95, deadLetters: 3, distinctOffsets: 98, ...situation.mongo };
  const kafka = [{ topic: "t", partition: 0, low: situation.low ?? 0, end: situation.end ?? 100 }];
  return reconcile({
    kafka,
    after: kafka,
    mongo: {
      partitions: new Map([["t/0", partition]]),
      transactions: 95,
      reasons: new Map(),
      strangers: situation.strangers ?? 0,
    },
    sources: [
      {
        id: "faker",
        title: "Faker",
        topic: "t",
        acknowledged: situation.acknowledged ?? 100,
        pending: 0,
        reason: undefined,
      },
    ],
    ...(situation.held !== undefined && { held: new Map([["t/0", situation.held]]) }),
  });
}

const failed = (account: Account): string[] => account.checks.filter(({ ok }) => !ok).map(({ name }) => name);

test("an account that adds up is green", () => {
  const account = accountOf({});
  expect(account.ok).toBe(true);
  expect(printAccount(account)).toContain("Nothing is missing and nothing is there twice.");
});

test.each([
  [
    "a document deleted by hand",
    { mongo: { documents: 94, distinctOffsets: 97 } },
    "each stored transaction is a document",
  ],
  ["a document added by hand", { mongo: { documents: 96, distinctOffsets: 98 } }, "no record was stored twice"],
  ["a dead letter deleted by hand", { mongo: { deadLetters: 2, distinctOffsets: 97 } }, "each dead letter is kept"],
  ["an offset skipped in the ledger", { ledger: { nextOffset: 101 }, end: 101 }, "the ledger adds up"],
  ["records that were not read", { end: 120 }, "every record is accounted for"],
  [
    "a ledger ahead of Kafka",
    { ledger: { nextOffset: 101, absent: 1 }, held: 100 },
    "the ledger is not ahead of Kafka",
  ],
  [
    "an offset called absent that is in Kafka",
    { ledger: { stored: 94, absent: 1 }, mongo: { documents: 94, distinctOffsets: 97 }, held: 100 },
    "offsets called absent are gone from Kafka",
  ],
  ["acknowledged records that Kafka does not have", { acknowledged: 101 }, "what Faker got acknowledged is in Kafka"],
  ["a document without its record", { strangers: 1 }, "every document says which record it came from"],
] as const)("%s makes it fail and is named", (_, situation, check) => {
  const account = accountOf(situation);
  expect(account.ok).toBe(false);
  expect(failed(account)).toContain(check);
  expect(printAccount(account)).toContain(`✗ ${check}`);
});

test("offsets that expired or hold transaction markers may be absent", () => {
  expect(
    failed(accountOf({ low: 50, ledger: { stored: 90, absent: 5 }, mongo: { documents: 90, distinctOffsets: 93 } })),
  ).toEqual([]);
  expect(
    failed(accountOf({ ledger: { stored: 90, absent: 5 }, mongo: { documents: 90, distinctOffsets: 93 }, held: 95 })),
  ).toEqual([]);
});

test("a pipeline without partitions is not called complete", () => {
  const account = reconcile({
    kafka: [],
    after: [],
    mongo: { partitions: new Map(), transactions: 0, reasons: new Map(), strangers: 0 },
    sources: [],
  });
  expect(account.ok).toBe(false);
});
