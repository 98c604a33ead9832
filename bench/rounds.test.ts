import { expect, test } from "bun:test";
import { runRounds, spreadOf } from "./rounds.ts";

test("the order rotates, so that everybody runs first once", async () => {
  const order: string[] = [];
  const contestant = (name: string): { name: string; run: () => Promise<Record<string, number>> } => ({
    name,
    run: async () => {
      order.push(name);
      return { n: order.length };
    },
  });
  const measured = await runRounds(["a", "b", "c"].map(contestant), 3, () => undefined);
  expect(order.join("")).toBe("abcbcacab");
  expect(measured[0]?.figures["n"]).toEqual({ min: 1, median: 6, max: 8 });
});

test("a median lies in the middle", () => {
  expect(spreadOf([5, 1, 3])).toEqual({ min: 1, median: 3, max: 5 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ min: 1, median: 2.5, max: 4 });
});
