import { expect, test } from "bun:test";
import { duration, plain } from "./formats.ts";

test("characters that turn the direction, and control characters, are shown instead of obeyed", () => {
  expect(plain("a\u202Eb\u2066c\u0000d\ne")).toBe("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
  expect(plain("كرسي خشبي")).toBe("كرسي خشبي");
});

test("durations grow with their units", () => {
  expect([3.456, 28, 1_440, 61_000, 7_200_000, null, Number.NaN].map(duration)).toEqual([
    ...["3.5 ms", "28 ms", "1.4 s", "1 min", "2 h", "–", "–"],
  ]);
});
