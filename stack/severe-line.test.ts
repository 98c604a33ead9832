import { expect, test } from "bun:test";
import { severeLine } from "./severe-line.ts";
import { withoutRepeats } from "./without-repeats.ts";

test("warnings and errors are picked out of either format, and nothing else", () => {
  expect(severeLine("[12:00:00.000] WARN: a send failed")).toBe("[12:00:00.000] WARN: a send failed");
  expect(severeLine("[12:00:00.000] INFO: listening")).toBeUndefined();
  expect(severeLine("    at ERROR (file.ts:1:1)")).toBeUndefined();
  expect(severeLine('{"level":"error","msg":"lost","err":{"message":"gone"}}')).toBe("ERROR: lost: gone");
  expect(severeLine('{"level":"info","msg":"listening"}')).toBeUndefined();
  expect(severeLine('{"level":"error","msg":"cut o')).toBeUndefined();
});

test("a message that comes again and again is shown once, and later with how often it came", () => {
  let now = 0;
  const shown: string[] = [];
  const show = withoutRepeats(
    (line) => shown.push(line),
    () => now,
  );
  for (let second = 0; second < 12; second++) {
    now = second * 1_000;
    show(`[12:00:${second}] WARN: no broker`);
  }
  show("[12:00:12] WARN: other");
  expect(shown).toEqual([
    "[12:00:0] WARN: no broker",
    "[12:00:10] WARN: no broker (10 times)",
    "[12:00:12] WARN: other",
  ]);
});
