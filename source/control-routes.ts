import { type TSchema, Type } from "@sinclair/typebox";
import type { AnyElysia } from "elysia";
import { FAULT_KINDS } from "#contract/reasons.ts";
import { TransactionSchema } from "#contract/transaction-schema.ts";
import { operation } from "#runtime/openapi.ts";
import type { Pacer } from "#runtime/pacer.ts";
import type { RateProfile } from "#runtime/rate-profile.ts";
import { accept, readJson } from "#runtime/request-body.ts";
import { FaultSharesSchema, sharesOfBody } from "./fault-shares.ts";
import type { FaultyRecords } from "./faulty-records.ts";
import { planOf, rateSchema } from "./rate-request.ts";
import type { TransactionSource } from "./transaction-source.ts";

/** What the routes that steer a source need. */
export interface ControlRoutesOptions {
  readonly source: TransactionSource;
  readonly pacer: Pacer;
  readonly faults: FaultyRecords;
  readonly seed: number;
  readonly maxPerSecond: number;
  /** The body of `/stats`. */
  readonly stats: () => Readonly<Record<string, unknown>>;
}

const MOST_PREVIEWED = 1_000;

/** `GET /`, and the routes for the rate, the faults, the preview and the figures. */
export function addControlRoutes(app: AnyElysia, options: ControlRoutesOptions): AnyElysia {
  const { source, pacer, faults, maxPerSecond } = options;
  const schema = rateSchema(maxPerSecond);
  const rate = (): Response => Response.json({ ...rateOf(pacer), maxPerSecond });
  const object = (description: string, content: TSchema | object = { type: "object" }) => ({
    200: { description, content: { "application/json": content } },
  });
  const refused = {
    413: "the body is too large",
    415: "the body is not application/json",
    422: "a value is not accepted; nothing has changed",
  };
  return app
    .get("/", () => Response.json({ status: "success", message: "the API is working...." }), {
      detail: operation({ summary: "Whether the API works", tag: "operation", answers: object("it does") }),
    })
    .get("/rate", rate, {
      detail: operation({
        summary: "The asked rate",
        tag: "rate",
        answers: object("what `PUT /rate` set, the rate at this moment, and what comes after"),
      }),
    })
    .put(
      "/rate",
      async ({ request }) => {
        pacer.set(planOf(schema, await readJson(request), pacer.askedPerSecond));
        return rate();
      },
      {
        parse: "none",
        detail: operation({
          summary: "Change the rate",
          description: "The rate does not depend on how many watch. 0 pauses.",
          tag: "rate",
          body: { schema, example: { perSecond: 10 } },
          answers: object("the rate that holds now"),
          problems: refused,
        }),
      },
    )
    .get("/faults", () => Response.json(faults.shares), {
      detail: operation({
        summary: "The shares of faults on purpose",
        tag: "faults",
        answers: object("the share of each kind", FaultSharesSchema),
      }),
    })
    .put(
      "/faults",
      async ({ request }) => {
        faults.shares = sharesOfBody(await readJson(request));
        return Response.json(faults.shares);
      },
      {
        parse: "none",
        detail: operation({
          summary: "Change the faults on purpose",
          description: `Kinds are ${FAULT_KINDS.join(", ")}; one that is not named is off. Transactions on request never get one.`,
          tag: "faults",
          body: { schema: FaultSharesSchema, example: { duplicate: 0.01 } },
          answers: object("the shares that hold now", FaultSharesSchema),
          problems: refused,
        }),
      },
    )
    .get(
      "/preview",
      async ({ request }) => {
        const query = previewOf(new URL(request.url).searchParams, options.seed);
        const transactions = await source.preview(query);
        const head = `{"seed":${query.seed},"after":${query.after},"count":${transactions.length}`;
        const body = `${head},"transactions":[${transactions.join(",")}]}`;
        return new Response(body, { headers: { "content-type": "application/json" } });
      },
      {
        detail: operation({
          summary: "Transactions without sending them",
          tag: "transactions",
          parameters: [
            { name: "seed", in: "query", description: "this run's unless said", schema: PreviewSchema.properties.seed },
            {
              name: "count",
              in: "query",
              description: "how many, 10 unless said",
              schema: PreviewSchema.properties.count,
            },
            { name: "after", in: "query", description: "how many to skip", schema: PreviewSchema.properties.after },
          ],
          answers: object(
            "what the seed will make, timestamps aside",
            Type.Object({
              seed: Type.Integer(),
              after: Type.Integer(),
              count: Type.Integer(),
              transactions: Type.Array(TransactionSchema),
            }),
          ),
          problems: { 422: "a parameter is not accepted" },
        }),
      },
    )
    .get("/stats", () => Response.json(options.stats()), {
      detail: operation({
        summary: "What was made, sent and acknowledged so far",
        tag: "operation",
        answers: object("counted since the start of this process"),
      }),
    });
}

const whole = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const PreviewSchema = Type.Object({
  seed: Type.Integer(whole),
  count: Type.Integer({ minimum: 1, maximum: MOST_PREVIEWED }),
  after: Type.Integer(whole),
});

function previewOf(query: URLSearchParams, seed: number): { seed: number; count: number; after: number } {
  const read = (name: string, otherwise: number): number | string => {
    const text = query.get(name);
    if (text === null || text === "") return otherwise;
    return /^\d+$/.test(text) ? Number(text) : text;
  };
  return accept(PreviewSchema, { seed: read("seed", seed), count: read("count", 10), after: read("after", 0) });
}

function rateOf(pacer: Pacer): Record<string, unknown> {
  const { rate, secondsLeft, after } = pacer.plan;
  return {
    ...shown(rate),
    presentPerSecond: pacer.askedPerSecond,
    ...(Number.isFinite(secondsLeft) && { secondsLeft, ...(after && { afterwards: shown(after) }) }),
  };
}

function shown(rate: RateProfile): Record<string, unknown> {
  const { perSecond, profile, ...rest } = rate;
  return { perSecond, profile, ...rest };
}
