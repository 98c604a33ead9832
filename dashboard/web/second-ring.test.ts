import { expect, test } from "bun:test";
import { latencyBucket } from "#contract/rollup.ts";
import { SOURCES } from "#contract/sources.ts";
import type { Sales, Second } from "./feed-format.ts";
import { SecondRing } from "./second-ring.ts";

function sales(stored: number): Sales {
  const latency = new Array<number>(latencyBucket(10) + 1).fill(0);
  latency[latencyBucket(10)] = stored;
  return { stored, revenueCents: stored * 100, statuses: [stored, 0, 0, 0], payments: [0, stored, 0], latency };
}

function second(at: number, produced: number | null, sold: Sales | null): Second {
  const nothing = SOURCES.map(({ id }) => [id, { produced: 0, sales: sales(0) }]);
  const sources = { ...Object.fromEntries(nothing), faker: { produced, sales: sold } } as Second["sources"];
  return { second: at, sources };
}

test("what was never told is not known, and neither is what was told as unknown", () => {
  const ring = new SecondRing();
  ring.put(second(1_000, null, null));
  ring.put(second(1_002, 7, sales(6)));
  expect(ring.produced("faker", 1_000)).toBeNull();
  expect(ring.stored("faker", 1_000)).toBeNull();
  expect(ring.stored("faker", 1_001)).toBeNull();
  expect(ring.produced("faker", 1_002)).toBe(7);
  expect(ring.stored("faker", 1_002)).toBe(6);
  expect(ring.stored("faker", -1)).toBeNull();
});

test("a second that is told again replaces what was told before", () => {
  const ring = new SecondRing();
  ring.put(second(1_000, 5, sales(3)));
  ring.put(second(1_000, 5, sales(5)));
  const { stored, revenueCents, statuses, payments, seconds } = ring.sums(900, 1_100);
  expect({ stored, revenueCents, seconds }).toEqual({ stored: [5, 0], revenueCents: [500, 0], seconds: 1 });
  expect({ statuses: statuses[0], payments: payments[0] }).toEqual({ statuses: [5, 0, 0, 0], payments: [0, 5, 0] });
});

test("old seconds leave room for new ones and do not come back", () => {
  const ring = new SecondRing();
  for (let at = 0; at < 10_000; at++) ring.put(second(at, 1, sales(1)));
  expect(ring.newest).toBe(9_999);
  expect(ring.produced("faker", 100)).toBeNull();
  ring.put(second(100, 1, sales(1)));
  expect(ring.produced("faker", 100)).toBeNull();
  const { stored, seconds } = ring.sums(0, 10_000);
  expect(stored[0]).toBe(seconds);
  expect(seconds).toBeGreaterThanOrEqual(900);
});

test("percentiles come from the histogram of both sources", () => {
  const ring = new SecondRing();
  ring.put(second(1_000, 10, sales(10)));
  const p50 = ring.percentile("p50", 1_000) ?? 0;
  expect(latencyBucket(p50)).toBe(latencyBucket(10));
  ring.put(second(1_001, 0, sales(0)));
  expect(ring.percentile("p50", 1_001)).toBeNull();
});
