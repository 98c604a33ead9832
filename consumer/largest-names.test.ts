import { expect, test } from "bun:test";
import fc from "fast-check";
import { TOP_KEPT } from "#contract/rollup.ts";
import { LargestNames, NamesOfSecond, type Sold } from "./largest-names.ts";

const sold = (...entries: [string, number][]): Map<string, Sold> =>
  new Map(entries.map(([name, cents]) => [name, { pieces: 1, cents }]));

test("whatever is sold in whichever chunks, the largest names of the second are counted to the last piece", () => {
  const name = fc.integer({ min: 0, max: 99 }).map((number) => `product ${number}`);
  const amount = fc.record({ pieces: fc.integer({ min: 1, max: 9 }), cents: fc.integer({ min: 0, max: 10_000 }) });
  const chunk = fc.array(fc.tuple(name, amount), { maxLength: 60 }).map((entries) => new Map(entries));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
      const names = new LargestNames("cents");
      const all = new Map<string, Sold>();
      const told = new Map<string, Sold>();
      for (const each of chunks) {
        addAll(all, each);
        addAll(told, new Map(names.add(each)));
        const order = [...all.values()].map(({ cents }) => cents).sort((a, b) => b - a);
        const least = order[TOP_KEPT - 1] ?? -1;
        for (const [key, amounts] of all) if (amounts.cents > least) expect(told.get(key)).toEqual(amounts);
      }
      if (all.size <= TOP_KEPT) expect(told).toEqual(all);
    }),
  );
});

test("a name that is not among the largest is not counted before it is one of them, and then with all of it", () => {
  const names = new LargestNames("cents");
  names.add(sold(...Array.from({ length: TOP_KEPT }, (_, index): [string, number] => [`large ${index}`, 100 + index])));
  expect(names.add(sold(["small", 60]))).toEqual([]);
  expect(names.add(sold(["small", 50]))).toEqual([["small", { pieces: 2, cents: 110 }]]);
  expect(names.add(sold(["large 0", 1]))).toEqual([]);
});

test("each second begins anew, and so does one of which it is not known what was told", () => {
  const names = new NamesOfSecond();
  names.at(1).products.add(sold(["a", 5]));
  expect(names.at(1).products.add(sold(["a", 1]))).toEqual([["a", { pieces: 1, cents: 1 }]]);
  const before = names.at(1).products;
  expect(names.at(2).products).not.toBe(before);
  const second = names.at(2).products;
  names.forget();
  expect(names.at(2).products).not.toBe(second);
});

function addAll(sums: Map<string, Sold>, more: ReadonlyMap<string, Readonly<Sold>>): void {
  for (const [key, { pieces, cents }] of more) {
    const sum = sums.get(key) ?? { pieces: 0, cents: 0 };
    sums.set(key, { pieces: sum.pieces + pieces, cents: sum.cents + cents });
  }
}
