import { expect, test } from "bun:test";
import { Problem } from "#runtime/problem.ts";
import { NO_FAULTS } from "./fault-draw.ts";
import { sharesOfBody, sharesOfText } from "./fault-shares.ts";

test("FAULTS names kinds with their shares; the others are 0", () => {
  expect(sharesOfText("duplicate:0.01, late:.02,malformed:0.001")).toEqual({
    ...NO_FAULTS,
    duplicate: 0.01,
    late: 0.02,
    malformed: 0.001,
  });
  expect(sharesOfText("conflict:1")).toEqual({ ...NO_FAULTS, conflict: 1 });
});

test.each([
  "",
  "duplicate",
  "duplicate:",
  "duplicate:2",
  "duplicate:-1",
  "dup:0.1",
  "late:1e-3",
  "duplicate:0.6,late:0.5",
])("FAULTS=%p is refused", (text) => {
  expect(() => sharesOfText(text)).toThrow();
});

test("a body that names no kind switches all faults off", () => {
  expect(sharesOfBody({})).toEqual(NO_FAULTS);
});

test("shares that fill up to 1 in total are accepted although they are no binary fractions", () => {
  expect(sharesOfBody({ duplicate: 0.1, late: 0.2, malformed: 0.7 }).malformed).toBe(0.7);
});

test.each([
  [{ duplicate: 1.5 }, "duplicate"],
  [{ duplicate: -0.1 }, "duplicate"],
  [{ late: "0.1" }, "late"],
  [{ sometimes: 0.1 }, "sometimes"],
  [{ duplicate: 0.6, late: 0.6 }, "1.2 in total"],
  [[], "the body"],
  [undefined, "the body"],
])("the body %j is refused with what was found", (body, detail) => {
  try {
    sharesOfBody(body);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).status).toBe(422);
    expect((error as Problem).message).toContain(detail);
  }
});
