import { expect, test } from "bun:test";
import { WeightedChoice } from "./weighted-choice.ts";

test.each([
  [[1]],
  [[1, 1, 1]],
  [[62, 24, 10, 4]],
  [[0.001, 1_000, 5, 0]],
  [Array.from({ length: 900 }, (_, n) => 1 / (n + 1))],
])("of evenly spread draws each index gets its share", (weights) => {
  const draws = 300_000;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const choice = new WeightedChoice(weights);
  const counts = weights.map(() => 0);
  for (let draw = 0; draw < draws; draw++) {
    const index = choice.at((draw + 0.5) / draws);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  for (const [index, weight] of weights.entries()) {
    expect(Math.abs((counts[index] ?? 0) / draws - weight / total)).toBeLessThan(0.0005);
  }
});
