import { expect, test } from "bun:test";
import { accountOf } from "./account.ts";
import type { LedgerLine } from "./feed-format.ts";

const LINE: LedgerLine = {
  ...{ topic: "t", source: "faker", partition: 0, firstOffset: 10, nextOffset: 110, endOffset: 130, lag: 20 },
  ...{ stored: 90, duplicates: 5, deadLettered: 4, absent: 1, isAhead: false },
};

test("it is balanced when each record read is accounted for, also while others are on their way", () => {
  expect(accountOf([LINE])).toEqual({ verdict: "balanced", records: 120, onTheirWay: 20, complaints: [] });
});

test("one record missing or counted twice is wrong, and says where", () => {
  expect(accountOf([{ ...LINE, stored: 89 }]).complaints).toEqual(["t/0: 1 records are missing"]);
  expect(accountOf([LINE, { ...LINE, partition: 1, absent: 3 }])).toMatchObject({
    verdict: "wrong",
    complaints: ["t/1: 2 records are counted twice"],
  });
});

test("a ledger ahead of Kafka is wrong", () => {
  expect(accountOf([{ ...LINE, isAhead: true }]).verdict).toBe("wrong");
});

test("without Kafka's answer, or without any partition, nothing is claimed", () => {
  expect(accountOf([]).verdict).toBe("unknown");
  expect(accountOf([LINE, { ...LINE, endOffset: null }]).verdict).toBe("unknown");
});
