import { type TSchema, Type } from "@sinclair/typebox";
import type { RatePlan } from "#runtime/pacer-schedule.ts";
import { Problem } from "#runtime/problem.ts";
import { PROFILES, type ProfileName, type RateProfile } from "#runtime/rate-profile.ts";
import { accept } from "#runtime/request-body.ts";

/** A week, longer than anybody waits for a ramp. */
const LONGEST_SECONDS = 604_800;
/** A ramp takes this long unless said otherwise; a sine's or burst's period too. */
const DEFAULT_SECONDS = 60;

interface RateRequest {
  readonly perSecond: number;
  readonly rampSeconds?: number;
  readonly forSeconds?: number;
  readonly periodSeconds?: number;
  readonly profile?: ProfileName;
}

/** The body of `PUT /rate`. */
export function rateSchema(maxPerSecond: number): TSchema {
  const seconds = (description: string, exclusiveMinimum: number | undefined): TSchema =>
    Type.Optional(
      Type.Number({
        ...(exclusiveMinimum === undefined ? { minimum: 0 } : { exclusiveMinimum }),
        maximum: LONGEST_SECONDS,
        description,
      }),
    );
  return Type.Object(
    {
      perSecond: Type.Number({
        minimum: 0,
        maximum: maxPerSecond,
        description: "transactions per second, 0 to pause; the highest rate of a sine or burst, the last one of a ramp",
      }),
      rampSeconds: seconds("reach the rate in a straight line from the present one within this time", undefined),
      forSeconds: seconds("after this time it is again what it was before", 0),
      periodSeconds: seconds(`length of a sine's or burst's period, ${DEFAULT_SECONDS} unless said`, 0),
      profile: Type.Optional(
        Type.Unsafe<ProfileName>(
          Type.Union(
            PROFILES.map((name) => Type.Literal(name)),
            {
              type: "string",
              enum: [...PROFILES],
              description:
                "`constant`; `ramp` (in rampSeconds, 60 unless said); `sine`: from a tenth of the rate up to all of it and back in each period; `burst`: all of it for a fifth of each period, a tenth of it for the rest",
            },
          ),
        ),
      ),
    },
    { additionalProperties: false },
  );
}

/**
 * The plan that a body asks for.
 *
 * @param presentPerSecond - where a ramp begins
 * @throws Problem 422; nothing has changed then
 */
export function planOf(schema: TSchema, body: unknown, presentPerSecond: number): RatePlan {
  const request = accept<RateRequest>(schema, body);
  const { perSecond, forSeconds, profile = "constant" } = request;
  const wave = profile === "sine" || profile === "burst";
  if (wave && request.rampSeconds !== undefined) throw misplaced("rampSeconds", profile, "constant and ramp");
  if (!wave && request.periodSeconds !== undefined) throw misplaced("periodSeconds", profile, "sine and burst");
  const rate = ((): RateProfile => {
    if (wave) return { profile, perSecond, periodSeconds: request.periodSeconds ?? DEFAULT_SECONDS };
    const rampSeconds = request.rampSeconds ?? (profile === "ramp" ? DEFAULT_SECONDS : 0);
    if (rampSeconds === 0) return { profile: "constant", perSecond };
    return { profile: "ramp", from: presentPerSecond, perSecond, rampSeconds };
  })();
  return { rate, ...(forSeconds !== undefined && { forSeconds }) };
}

function misplaced(field: string, profile: string, accepted: string): Problem {
  return new Problem(
    422,
    "not-accepted",
    "A value is not accepted",
    `${field}: found it with the profile ${profile}, accepted is it with ${accepted}`,
  );
}
