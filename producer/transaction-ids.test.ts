import { expect, test } from "bun:test";
import { SeededRandom, STREAMS } from "#source/seeded-random.ts";
import { TransactionIds } from "./transaction-ids.ts";

const INDICES = [0, 1, 15, 16, 17, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 48 - 1];
const UUID_V4 = /^TXN-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function idsOf(seed: number, indices: readonly number[]): string[] {
  const random = new SeededRandom(seed, STREAMS.transaction);
  const ids = new TransactionIds(seed);
  return indices.map((index) => ids.at(index, random.at(index)));
}

test("the ids of a seed are UUIDs in the form of version 4, and as text in the order of their index", () => {
  for (const seed of [0, 7, 2 ** 53 - 1]) {
    const ids = idsOf(seed, INDICES);
    for (const id of ids) expect(id).toMatch(UUID_V4);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test("the same index of 10,000 seeds has 10,000 different ids", () => {
  const ids = Array.from({ length: 10_000 }, (_, seed) => idsOf(seed, [3])[0]);
  expect(new Set(ids).size).toBe(ids.length);
});
