import { expect, test } from "bun:test";
import type { FaultShares } from "#contract/reasons.ts";
import { expectedOfPeriods } from "#source/expected.ts";
import { NO_FAULTS } from "#source/fault-draw.ts";
import { expectationCheck, type Found } from "./expectation.ts";
import type { ExpectedRun } from "./expected-run.ts";

const SHARES: FaultShares = { duplicate: 0.1, late: 0.1, malformed: 0.1, conflict: 0.1, oversize: 0.1 };
const PERIODS = [
  { from: 0, shares: NO_FAULTS },
  { from: 100, shares: SHARES },
];
const RUN: ExpectedRun = {
  ...{ id: "faker", title: "Faker", seed: 7, periods: PERIODS, count: 1_000 },
  ...{ onRequest: 0, resent: 0, failed: 0, pending: 0 },
};
const FOUND: Found = expectedOfPeriods(7, PERIODS, 1_000);

test("what was predicted was found", () => {
  const { ok, detail } = expectationCheck(RUN, RUN, FOUND);
  expect(detail).toStartWith(`${FOUND.records} records: ${FOUND.stored} stored`);
  expect(ok).toBe(true);
});

test.each<[string, Partial<Found>, RegExp]>([
  ["a document less", { stored: FOUND.stored - 1 }, /stored: predicted \d+, found/],
  ["a duplicate more", { duplicates: FOUND.duplicates + 1 }, /duplicates: predicted/],
  [
    "another reason",
    { reasons: { ...FOUND.reasons, conflict: 0 } },
    /dead letters with conflict: predicted \d+, found 0/,
  ],
])("%s is said", (_, change, detail) => {
  const check = expectationCheck(RUN, RUN, { ...FOUND, ...change });
  expect(check.ok).toBe(false);
  expect(check.detail).toMatch(detail);
});

test("a record that was sent again may be a duplicate more, and nothing else", () => {
  const again = { ...RUN, resent: 1 };
  const doubled = { ...FOUND, records: FOUND.records + 1, duplicates: FOUND.duplicates + 1 };
  expect(expectationCheck(again, again, doubled).ok).toBe(true);
  expect(expectationCheck(again, again, { ...doubled, stored: FOUND.stored - 1 }).ok).toBe(false);
});

test.each<[string, Partial<ExpectedRun>, Partial<ExpectedRun>, RegExp]>([
  ["some were sent on request", { onRequest: 3 }, {}, /3 were sent on request/],
  ["records were given up", { failed: 2 }, {}, /2 records were given up/],
  ["the source goes on", {}, { count: 1_001 }, /pause it first/],
  ["some are pending", { pending: 1 }, {}, /pause it first/],
])("nothing is claimed where %s", (_, change, later, detail) => {
  const check = expectationCheck({ ...RUN, ...change }, { ...RUN, ...change, ...later }, FOUND);
  expect(check.ok).toBe(false);
  expect(check.detail).toMatch(detail);
});

test("without faults it does not matter how many were sent on request", () => {
  const run = { ...RUN, periods: [{ from: 0, shares: NO_FAULTS }], onRequest: 3 };
  const found = { records: 1_000, stored: 1_000, duplicates: 0, deadLettered: 0, reasons: {} };
  expect(expectationCheck(run, run, found).ok).toBe(true);
});

test("a source that does not answer is no success, unless its topic is empty", () => {
  const unknown = { id: "mockoon" as const, title: "Mockoon", reason: "refused" };
  expect(expectationCheck(unknown, undefined, FOUND)).toMatchObject({
    ok: false,
    detail: expect.stringContaining("refused"),
  });
  const empty = { records: 0, stored: 0, duplicates: 0, deadLettered: 0, reasons: {} };
  expect(expectationCheck(unknown, undefined, empty).ok).toBe(true);
});
