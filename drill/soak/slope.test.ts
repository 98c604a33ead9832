import { expect, test } from "bun:test";
import { slopeMbPerHour } from "./memory-watch.ts";

const series = (of: (seconds: number) => number) => ({
  name: "x",
  samples: Array.from({ length: 60 }, (_, index) => ({ seconds: index * 5, megabytes: of(index * 5) })),
});

test("memory that grows by a MB a minute grows by 60 MB an hour; noise around a level does not grow", () => {
  expect(slopeMbPerHour(series((seconds) => 100 + seconds / 60))).toBeCloseTo(60, 6);
  expect(Math.abs(slopeMbPerHour(series((seconds) => 100 + (seconds % 10 === 0 ? 5 : -5))))).toBeLessThan(7);
  expect(slopeMbPerHour({ name: "x", samples: [] })).toBe(0);
});
