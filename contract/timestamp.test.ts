import { expect, test } from "bun:test";
import { timestampToMs } from "./timestamp.ts";

const noon = Date.UTC(2026, 0, 31, 12);

test.each([
  ["2026-01-31T12:00:00Z", noon],
  ["2026-01-31T12:00:00.250Z", noon + 250],
  ["2026-01-31T12:00:00", noon],
  ["2026-01-31 12:00:00.123456", noon + 123],
  ["2026-01-31T14:00:00.5+02:00", noon + 500],
  ["2026-01-31t12:00:00z", noon],
  ["2024-02-29T00:00:00.000Z", Date.UTC(2024, 1, 29)],
])("%s is the instant it says, UTC where it says no zone", (text, ms) => {
  expect(timestampToMs(text)).toBe(ms);
});

test.each([
  "",
  "yesterday",
  "2026-01-31",
  "2026-02-30T00:00:00.000Z",
  "2026-02-30T00:00:00",
  "2026-01-31T25:00:00Z",
  "2026-13-01T00:00:00",
  "20260131T120000Z",
])("%p is no time", (text) => {
  expect(timestampToMs(text)).toBeNaN();
});
