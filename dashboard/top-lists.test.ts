import { expect, test } from "bun:test";
import { type RollupNames, TopSales } from "./top-lists.ts";

function rollup(ageSeconds: number, source: "faker" | "mockoon", cents: number, state: string): RollupNames {
  return {
    second: new Date(Date.now() - ageSeconds * 1000),
    source,
    products: [{ k: `sold ${ageSeconds} s ago`, v: cents }],
    states: [{ k: state, v: 1 }],
  };
}

test("each range holds its own time only, and the largest stand first", () => {
  const sales = new TopSales();
  sales.add([rollup(5, "faker", 1, "CA"), rollup(200, "mockoon", 2, "TX"), rollup(700, "faker", 3, "NY")]);
  sales.add([rollup(2_000, "faker", 4, "FL")]);
  const lists = sales.lists([]);
  const names = (range: 60 | 300 | 900): string[] => lists[range].products.map(({ name }) => name);
  expect(names(60)).toEqual(["sold 5 s ago"]);
  expect(names(300)).toEqual(["sold 200 s ago", "sold 5 s ago"]);
  expect(names(900)).toEqual(["sold 700 s ago", "sold 200 s ago", "sold 5 s ago"]);
});

test("a state is one state, whether a source writes its code or its name", () => {
  const sales = new TopSales();
  sales.add([rollup(5, "faker", 1, "FL")]);
  expect(sales.lists([rollup(3, "mockoon", 1, "Florida")])[60].states).toEqual([{ name: "Florida", bySource: [1, 1] }]);
});

test("what may still change is counted once, however often it is told", () => {
  const sales = new TopSales();
  const live = [rollup(1, "faker", 7, "CA")];
  sales.lists(live);
  expect(sales.lists(live)[60].products[0]?.bySource).toEqual([7, 0]);
});
