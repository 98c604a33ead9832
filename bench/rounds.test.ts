import { expect, test } from "bun:test";
import { orderOf, runRounds, spreadOf } from "./rounds.ts";

test.each([2, 3, 4, 5, 6])(
  "of %d contestants each runs at each place, and after each other one, equally often",
  (count) => {
    const contestants = Array.from({ length: count }, (_, index) => index);
    const rounds = count % 2 === 1 ? 2 * count : count;
    const times = new Map<string, number>();
    const note = (what: string): void => void times.set(what, (times.get(what) ?? 0) + 1);
    for (let round = 0; round < rounds; round++)
      for (const [place, contestant] of orderOf(contestants, round).entries()) {
        note(`${contestant} at place ${place}`);
        if (place > 0) note(`${contestant} after ${orderOf(contestants, round)[place - 1]}`);
      }
    expect(times.size).toBe(count * count + count * (count - 1));
    expect([...new Set(times.values())]).toEqual([rounds / count]);
  },
);

test("everybody runs once a round, and what each gave is put together", async () => {
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
