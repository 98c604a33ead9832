import { expect, test } from "bun:test";
import { NO_FAULTS } from "#source/fault-draw.ts";
import { readArguments } from "./arguments.ts";

test("without arguments nothing is predicted", () => {
  expect(readArguments([])).toEqual({ help: false, json: false, patienceMs: 30_000, expect: false });
});

test("--expect alone asks the sources, with a seed and a count it is that run", () => {
  expect(readArguments(["--expect"]).expect).toBe(true);
  const run = readArguments(["--expect", "--seed", "7", "--count", "500", "--faults", "late:0.5"]).expect;
  expect(run).toMatchObject({
    id: "faker",
    seed: 7,
    count: 500,
    periods: [{ from: 0, shares: { ...NO_FAULTS, late: 0.5 } }],
  });
});

test.each<[string[], RegExp]>([
  [["--seed", "7", "--count", "5"], /give --expect too/],
  [["--expect", "--seed", "7"], /--seed and --count go together/],
  [["--expect", "--faults", "late:0.5"], /go together/],
  [["--expect", "--seed", "-7", "--count", "5"], /--seed/],
  [["--expect", "--seed", "x", "--count", "5"], /--seed: found x, accepted: a whole number/],
  [
    ["--expect", "--seed", "7", "--count", "5", "--faults", "lost:1"],
    /--faults: "lost" is no kind of fault, accepted:/,
  ],
  [["--patience", "soon"], /--patience: found soon, accepted: seconds/],
  [["--speed"], /--speed/],
])("%j is refused with what is accepted", (args, message) => {
  expect(() => readArguments(args)).toThrow(message);
});
