import { expect, test } from "bun:test";
import { fieldName, LATENCY_BOUNDS_MS, latencyBucket, percentileMs } from "./rollup.ts";

test("a latency falls into the first bucket whose bound it does not pass", () => {
  for (const ms of [-5, 0, 1, 1.2, 3, 9, 10, 99, 250, 5_000, 60_000, 1e9]) {
    const bucket = latencyBucket(ms);
    expect(ms).toBeLessThanOrEqual(LATENCY_BOUNDS_MS[bucket] ?? Number.POSITIVE_INFINITY);
    if (bucket > 0) expect(ms).toBeGreaterThan((LATENCY_BOUNDS_MS[bucket - 1] ?? 0) * (1 - 1e-9));
  }
});

test("a percentile of merged counts is off by less than a bucket's width", () => {
  const counts = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  for (let ms = 1; ms <= 1_000; ms++) {
    const bucket = latencyBucket(ms);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  for (const share of [0.5, 0.95, 0.99]) {
    const estimate = percentileMs(counts, share) ?? Number.NaN;
    expect(estimate / (share * 1_000)).toBeGreaterThan(1 / 1.36);
    expect(estimate / (share * 1_000)).toBeLessThan(1.36);
  }
});

test("a percentile of nothing is not a number that looks real", () => {
  expect(percentileMs([0, 0, 0], 0.5)).toBeUndefined();
});

test("any text becomes a field name that an update path takes literally", () => {
  expect(fieldName("St. Mary's $ale")).toBe("St․ Mary's $ale");
  expect(fieldName("$where")).toBe("＄where");
  expect(fieldName("")).toBe("(none)");
  expect(fieldName("x".repeat(500)).length).toBe(80);
});
