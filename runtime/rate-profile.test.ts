import { expect, test } from "bun:test";
import { countUntil, type RateProfile, rateAt } from "./rate-profile.ts";

const profiles: RateProfile[] = [
  { profile: "constant", perSecond: 0 },
  { profile: "constant", perSecond: 0.1 },
  { profile: "constant", perSecond: 50_000 },
  { profile: "ramp", from: 10, perSecond: 1_000, rampSeconds: 7 },
  { profile: "ramp", from: 1_000, perSecond: 0, rampSeconds: 3.5 },
  { profile: "sine", perSecond: 200, periodSeconds: 13 },
  { profile: "burst", perSecond: 500, periodSeconds: 10 },
];

test.each(profiles.map((rate) => [JSON.stringify(rate), rate] as const))(
  "%s: what is asked for by a time is the sum of the rates until then",
  (_, rate) => {
    const step = 0.001;
    let sum = 0;
    for (let second = 0; second < 30; second += step) sum += rateAt(rate, second + step / 2) * step;
    expect(countUntil(rate, 30)).toBeGreaterThanOrEqual(sum * 0.9999 - 1e-6);
    expect(countUntil(rate, 30)).toBeLessThanOrEqual(sum * 1.0001 + 1e-6);
    expect(countUntil(rate, 0)).toBe(0);
  },
);

test("no profile asks for more than its rate, nor for less than nothing", () => {
  for (const rate of profiles) {
    const most = Math.max(rate.perSecond, rate.profile === "ramp" ? rate.from : 0);
    for (let second = 0; second < 40; second += 0.05) {
      expect(rateAt(rate, second)).toBeGreaterThanOrEqual(0);
      expect(rateAt(rate, second)).toBeLessThanOrEqual(most);
    }
  }
});

test("a ramp is a straight line that stays at its end", () => {
  const rate: RateProfile = { profile: "ramp", from: 0, perSecond: 100, rampSeconds: 10 };
  expect([0, 5, 10, 60].map((second) => rateAt(rate, second))).toEqual([0, 50, 100, 100]);
  expect(countUntil(rate, 10)).toBe(500);
});

test("a burst is all of the rate for a fifth of its period and a tenth of it for the rest", () => {
  const rate: RateProfile = { profile: "burst", perSecond: 100, periodSeconds: 10 };
  expect([0, 1.9, 2.1, 9.9, 10, 12.5].map((second) => rateAt(rate, second))).toEqual([100, 100, 10, 10, 100, 10]);
  expect(countUntil(rate, 20)).toBeCloseTo(2 * (2 * 100 + 8 * 10), 9);
});

test("a sine begins and ends its period low and is highest in its middle", () => {
  const rate: RateProfile = { profile: "sine", perSecond: 100, periodSeconds: 60 };
  expect(rateAt(rate, 0)).toBeCloseTo(10, 9);
  expect(rateAt(rate, 30)).toBeCloseTo(100, 9);
  expect(rateAt(rate, 60)).toBeCloseTo(10, 9);
});
