import { expect, test } from "bun:test";
import { rateAt, STEPS, stepOf } from "./rate-scale.ts";

test("the slider goes from nothing over one to the most, and never back", () => {
  for (const most of [10, 5_000, 100_000]) {
    expect([rateAt(0, most), rateAt(1, most), rateAt(STEPS, most)]).toEqual([0, 1, most]);
    for (let step = 1; step <= STEPS; step++) expect(rateAt(step, most)).toBeGreaterThanOrEqual(rateAt(step - 1, most));
  }
});

test("a rate that the slider can show stands where it was put, within a step", () => {
  for (let step = 1; step <= STEPS; step++)
    expect(Math.abs(rateAt(stepOf(rateAt(step, 100_000), 100_000), 100_000) / rateAt(step, 100_000) - 1)).toBeLessThan(
      0.13,
    );
  expect(stepOf(0, 100)).toBe(0);
  expect(stepOf(0.5, 100)).toBe(1);
  expect(stepOf(1e9, 100)).toBe(STEPS);
});
