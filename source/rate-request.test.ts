import { expect, test } from "bun:test";
import { Problem } from "#runtime/problem.ts";
import { planOf, rateSchema } from "./rate-request.ts";

const schema = rateSchema(100_000);
const plan = (body: unknown) => planOf(schema, body, 10);

test("a rate alone holds from now on", () => {
  expect(plan({ perSecond: 5 })).toEqual({ rate: { profile: "constant", perSecond: 5 } });
  expect(plan({ perSecond: 0 })).toEqual({ rate: { profile: "constant", perSecond: 0 } });
  expect(plan({ perSecond: 100_000 })).toEqual({ rate: { profile: "constant", perSecond: 100_000 } });
});

test("a ramp begins at the present rate", () => {
  const ramp = { profile: "ramp", from: 10, perSecond: 50 };
  expect(plan({ perSecond: 50, rampSeconds: 20 })).toEqual({ rate: { ...ramp, rampSeconds: 20 } } as never);
  expect(plan({ perSecond: 50, profile: "ramp" })).toEqual({ rate: { ...ramp, rampSeconds: 60 } } as never);
});

test("sine and burst have a period, and every profile may be for some seconds", () => {
  expect(plan({ perSecond: 50, profile: "sine", periodSeconds: 30, forSeconds: 90 })).toEqual({
    rate: { profile: "sine", perSecond: 50, periodSeconds: 30 },
    forSeconds: 90,
  });
  expect(plan({ perSecond: 50, profile: "burst" }).rate).toEqual({
    profile: "burst",
    perSecond: 50,
    periodSeconds: 60,
  });
});

test.each([
  [undefined, "the body"],
  [null, "the body"],
  [{}, "perSecond: found nothing"],
  [{ perSecond: -1 }, "perSecond: found -1"],
  [{ perSecond: 1e9 }, "perSecond: found 1000000000"],
  [{ perSecond: "5" }, 'perSecond: found "5"'],
  [{ perSecond: null }, "perSecond: found null"],
  [{ perSecond: 5, forSeconds: 0 }, "forSeconds: found 0"],
  [{ perSecond: 5, rampSeconds: -3 }, "rampSeconds: found -3"],
  [{ perSecond: 5, speed: 9 }, "speed"],
  [{ perSecond: 5, profile: "square" }, 'profile: found "square"'],
  [{ perSecond: 5, profile: "sine", rampSeconds: 3 }, "rampSeconds"],
  [{ perSecond: 5, periodSeconds: 3 }, "periodSeconds"],
  [[5], "the body"],
])("%j is refused with the field and what was found", (body, detail) => {
  try {
    plan(body);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).status).toBe(422);
    expect((error as Problem).message).toContain(detail);
  }
});
