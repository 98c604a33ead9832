import { expect, test } from "bun:test";
import { join } from "node:path";
import { PROJECT } from "../harness/service-process.ts";
import { MUTATED } from "./mutations.ts";

test.each(MUTATED)("each of the ten ways to break $path still changes it", async ({ path, breaks }) => {
  const whole = await Bun.file(join(PROJECT, path)).text();
  expect(breaks.length).toBe(10);
  for (const [from, to] of breaks) {
    expect([from, whole.includes(from)]).toEqual([from, true]);
    expect(to).not.toBe(from);
  }
});
