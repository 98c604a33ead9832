import { expect, test } from "bun:test";
import { SOURCES } from "#contract/sources.ts";
import type { LedgerLine } from "./feed-format.ts";
import { lagOf, sumOverSources } from "./rates.ts";

const LINE: LedgerLine = {
  ...{ topic: "t", source: "faker", partition: 0, firstOffset: 0, nextOffset: 8, endOffset: 10, lag: 2 },
  ...{ stored: 8, duplicates: 0, deadLettered: 0, absent: 0, isAhead: false },
};

test("a sum over the sources is not known while one source's figure is not", () => {
  for (const { id: silent } of SOURCES) expect(sumOverSources((id) => (id === silent ? null : 1))).toBeNull();
  expect(sumOverSources(() => 2)).toBe(2 * SOURCES.length);
  expect(sumOverSources(() => 0)).toBe(0);
});

test("the lag is not known without any partition, or while one partition's is not", () => {
  expect(lagOf([])).toBeNull();
  expect(lagOf([LINE, { ...LINE, partition: 1, lag: null }])).toBeNull();
  expect(lagOf([LINE, { ...LINE, partition: 1, lag: 5 }])).toBe(7);
});
