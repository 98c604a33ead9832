import { describe, expect, test } from "bun:test";
import { PacerSchedule } from "./pacer-schedule.ts";
import type { RateProfile } from "./rate-profile.ts";

const constant = (perSecond: number): RateProfile => ({ profile: "constant", perSecond });

/** Ticks like real timers: never early, mostly a little late, at times a lot. */
function* unevenTicks(fromMs: number, toMs: number, everyMs: number): Generator<number> {
  let random = 12_345;
  for (let nowMs = fromMs; nowMs <= toMs; ) {
    yield nowMs;
    random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
    nowMs += everyMs + (random % 4) + (random % 97 === 0 ? 40 : 0);
  }
}

function run(schedule: PacerSchedule, fromMs: number, toMs: number, everyMs = 10): { atMs: number; count: number }[] {
  const made: { atMs: number; count: number }[] = [];
  for (const atMs of unevenTicks(fromMs, toMs, everyMs)) {
    const count = schedule.due(atMs);
    schedule.made(count);
    if (count > 0) made.push({ atMs, count });
  }
  return made;
}

const sum = (made: { atMs: number; count: number }[], fromMs: number, toMs: number): number =>
  made.reduce((total, { atMs, count }) => (atMs > fromMs && atMs <= toMs ? total + count : total), 0);

test.each([0.1, 1, 3, 7.5, 100, 999, 1_000, 12_345, 50_000])(
  "at %d per second any 10 s hold what was asked for within 1 percent, however uneven the timers",
  (perSecond) => {
    const made = run(new PacerSchedule(constant(perSecond), 0), 0, 60_000);
    for (let fromMs = 1_000; fromMs <= 50_000; fromMs += 2_500) {
      const count = sum(made, fromMs, fromMs + 10_000);
      const asked = perSecond * 10;
      // One transaction can't be divided, and one tick decides to which side it falls.
      expect(Math.abs(count - asked)).toBeLessThanOrEqual(Math.max(1, asked * 0.01));
    }
  },
);

test.each([1_000, 50_000])(
  "at %d per second neither do they where each tick may be held up before what it made has its time",
  (perSecond) => {
    const schedule = new PacerSchedule(constant(perSecond), 0);
    const made: { atMs: number; count: number }[] = [];
    for (let nowMs = 0, tick = 0; nowMs < 20_000; tick++) {
      const count = schedule.due(nowMs);
      schedule.made(count);
      // Now and then for up to 200 ms, twice in a row; what has gathered meanwhile pokes it at once.
      const heldUpMs = tick % 37 < 2 ? (tick * 7) % 200 : 0;
      made.push({ atMs: nowMs + heldUpMs, count });
      nowMs += heldUpMs + (heldUpMs > 0 ? 1 : 10);
    }
    for (const { atMs } of made)
      expect(sum(made, atMs - 1e-9, atMs + 100 - 1e-9)).toBeLessThanOrEqual(perSecond * 0.2 + 1);
  },
);

test("there is no drift over an hour", () => {
  for (const perSecond of [0.1, 1 / 3, 7, 1_000]) {
    const made = run(new PacerSchedule(constant(perSecond), 0), 0, 3_600_000, perSecond > 100 ? 10 : 100);
    const last = made.at(-1)?.atMs ?? 0;
    expect(Math.abs(sum(made, -1, last) - (perSecond * last) / 1000)).toBeLessThanOrEqual(1 + perSecond * 0.06);
  }
});

test.each([1_000, 5_000, 50_000])("at %d per second no 100 ms hold more than twice the asked rate", (perSecond) => {
  const schedule = new PacerSchedule(constant(perSecond), 0);
  // The process stands still for 300 ms, as after a long garbage collection, and catches up.
  const made = [...run(schedule, 0, 5_000), ...run(schedule, 5_300, 10_000)];
  for (const { atMs } of made) {
    expect(sum(made, atMs - 1e-9, atMs + 100)).toBeLessThanOrEqual(perSecond * 0.2 + 1);
  }
  expect(sum(made, 0, 10_000)).toBeGreaterThanOrEqual(perSecond * 10 * 0.99);
});

test("after an outage it goes on at the asked rate without making up for it", () => {
  const schedule = new PacerSchedule(constant(1_000), 0);
  run(schedule, 0, 1_000);
  for (let nowMs = 1_000; nowMs < 61_000; nowMs += 100) schedule.due(nowMs);
  const made = run(schedule, 61_000, 71_000);
  expect(sum(made, 61_000, 62_000)).toBeLessThanOrEqual(1_300);
  expect(sum(made, 66_000, 71_000)).toBeLessThanOrEqual(5_050);
  expect(schedule.forgotten).toBeGreaterThan(55_000);
});

test("a change of the rate neither loses what was due nor makes it twice", () => {
  const schedule = new PacerSchedule(constant(0.5), 0);
  let count = 0;
  for (let nowMs = 0; nowMs <= 100_000; nowMs += 100) {
    if (nowMs % 1_000 === 0) schedule.set({ rate: constant(nowMs % 2_000 === 0 ? 0.2 : 0.8) }, nowMs);
    const due = schedule.due(nowMs);
    schedule.made(due);
    count += due;
  }
  expect(count).toBeGreaterThanOrEqual(49);
  expect(count).toBeLessThanOrEqual(50);
});

describe("a rate for some seconds", () => {
  test("is followed by what was before, to the moment", () => {
    const schedule = new PacerSchedule(constant(100), 0);
    run(schedule, 0, 2_000);
    schedule.set({ rate: constant(1_000), forSeconds: 3 }, 2_000);
    const made = run(schedule, 2_000, 9_000);
    expect(Math.abs(sum(made, 2_000, 9_000) - (3 * 1_000 + 4 * 100))).toBeLessThanOrEqual(15);
    expect(schedule.rateAt(9_000)).toBe(100);
  });

  test("and another one on top still lead back to the first", () => {
    const schedule = new PacerSchedule(constant(5), 0);
    schedule.set({ rate: constant(10), forSeconds: 5 }, 0);
    schedule.set({ rate: constant(20), forSeconds: 5 }, 1_000);
    expect(schedule.rateAt(5_500)).toBe(20);
    expect(schedule.rateAt(6_500)).toBe(5);
  });

  test("wakes the pacer at its end, also from a pause", () => {
    const schedule = new PacerSchedule(constant(5), 0);
    schedule.set({ rate: constant(0), forSeconds: 2 }, 0);
    schedule.due(500);
    expect(schedule.waitMs(500)).toBe(1_500);
  });
});

test("with a rate of 0 there is nothing to wait for", () => {
  const schedule = new PacerSchedule(constant(0), 0);
  expect(schedule.due(1_000_000)).toBe(0);
  expect(schedule.waitMs(1_000_000)).toBeUndefined();
});

test("the wait is until the next transaction is due", () => {
  const schedule = new PacerSchedule(constant(0.1), 0);
  schedule.due(4_000);
  expect(schedule.waitMs(4_000)).toBeGreaterThan(5_999);
  expect(schedule.waitMs(4_000)).toBeLessThan(6_000.2);
});

test("transactions that came beyond those asked for are waited off", () => {
  const schedule = new PacerSchedule(constant(10), 0);
  schedule.made(50);
  expect(run(schedule, 0, 4_900)).toEqual([]);
  expect(sum(run(schedule, 4_900, 10_000), 0, 10_000)).toBeGreaterThanOrEqual(49);
});

test("what took long before it began is no debt and counts as nothing forgotten", () => {
  const schedule = new PacerSchedule(constant(1_000), 0);
  schedule.begin(5_000);
  expect(schedule.due(5_000)).toBe(0);
  expect(sum(run(schedule, 5_000, 6_000), 5_000, 6_000)).toBeLessThanOrEqual(1_000);
  expect(schedule.forgotten).toBe(0);
});
