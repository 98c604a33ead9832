import { expect, test } from "bun:test";
import { traceparentOf } from "./trace-context.ts";

const GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test("a traceparent is taken as it is, anything else is no trace", () => {
  expect(traceparentOf(GOOD)).toBe(GOOD);
  for (const wrong of [
    null,
    undefined,
    "",
    GOOD.toUpperCase(),
    `${GOOD}-more`,
    GOOD.replace("00-4b", "01-4b"),
    GOOD.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(32)),
    GOOD.replace("00f067aa0ba902b7", "0".repeat(16)),
    GOOD.slice(0, -1),
  ])
    expect(traceparentOf(wrong)).toBeUndefined();
});
