import { Type } from "@sinclair/typebox";
import type { AnyElysia } from "elysia";
import { MongoError } from "mongodb";
import { createHttp, type HttpOptions } from "#runtime/http.ts";
import { operation } from "#runtime/openapi.ts";
import { Problem } from "#runtime/problem.ts";
import { readJson } from "#runtime/request-body.ts";
import type { DeadLetters, LetterPlace } from "./dead-letters.ts";
import type { LedgerReporter } from "./ledger-report.ts";

/** What the consumer's routes work on. */
export interface ConsumerAppOptions extends Omit<HttpOptions, "title" | "description" | "routes"> {
  readonly ledger: Pick<LedgerReporter, "report">;
  readonly deadLetters: Pick<DeadLetters, "list" | "get" | "replay">;
}

const MOST_LETTERS = 500;
const count = Type.Integer({ minimum: 0 });
const counters = { stored: count, duplicates: count, deadLettered: count, absent: count };
const lag = Type.Union([count, Type.Null()], { description: "records not read yet; null while Kafka does not answer" });
const line = Type.Object({
  ...{ topic: Type.String(), partition: count, firstOffset: count, nextOffset: count },
  ...{ endOffset: lag, lag, ...counters },
});
const allLag = Type.Union([count, Type.Null()], {
  description: "also what partitions hold that nobody has claimed yet; null while one is not known",
});
const LEDGER = Type.Object({ partitions: Type.Array(line), totals: Type.Object({ lag: allLag, ...counters }) });
const LETTER = Type.Object(
  {},
  { description: "a dead letter: place, bytes as text and base64, reason, detail, times" },
);
const LETTERS = Type.Object({ deadLetters: Type.Array(LETTER), next: Type.Union([Type.String(), Type.Null()]) });
const REPLAYED = Type.Object({ replayed: Type.String(), delivery: Type.Object({}) });
const PLACE = ["topic", "partition", "offset"].map((name) => ({
  ...{ name, in: "path" as const, required: true, description: `the record's ${name}` },
  schema: name === "topic" ? Type.String() : count,
}));

/** The consumer's own HTTP side: the ledger and the dead letters. */
export function createConsumerApp({ ledger, deadLetters, ...http }: ConsumerAppOptions): AnyElysia {
  return createHttp({
    ...http,
    title: "Consumer",
    description: "Kafka to MongoDB: what became of every record, and the records that are no transactions.",
    routes: (app) =>
      app
        .get("/ledger", async () => Response.json(await answering(ledger.report())), {
          detail: operation({
            summary: "What became of every offset, per topic and partition",
            description: "At every moment stored + duplicates + deadLettered + absent = nextOffset - firstOffset.",
            tag: "ledger",
            answers: { 200: { description: "the ledger", content: { "application/json": LEDGER } } },
            problems: { 503: "MongoDB does not answer" },
          }),
        })
        .get(
          "/dead-letters",
          async ({ request }) => {
            const query = new URL(request.url).searchParams;
            const page = deadLetters.list(limitOf(query.get("limit")), query.get("after") ?? undefined);
            return Response.json(await answering(page));
          },
          {
            detail: operation({
              summary: "Records that are no transactions, the newest first",
              tag: "dead letters",
              parameters: [
                {
                  name: "limit",
                  in: "query",
                  description: "how many, 50 unless told",
                  schema: Type.Integer({ minimum: 1, maximum: MOST_LETTERS }),
                },
                { name: "after", in: "query", description: "the `next` of the page before", schema: Type.String() },
              ],
              answers: { 200: { description: "a page", content: { "application/json": LETTERS } } },
              problems: { 422: "a parameter is not accepted", 503: "MongoDB does not answer" },
            }),
          },
        )
        .get(
          "/dead-letters/:topic/:partition/:offset",
          async ({ params }) => Response.json(await answering(deadLetters.get(placeOf(params)))),
          {
            detail: operation({
              summary: "One dead letter with its bytes",
              tag: "dead letters",
              parameters: PLACE,
              answers: { 200: { description: "the letter", content: { "application/json": LETTER } } },
              problems: { 404: "there is none", 503: "MongoDB does not answer" },
            }),
          },
        )
        .post(
          "/dead-letters/:topic/:partition/:offset/replay",
          async ({ request, params }) => {
            const again = new URL(request.url).searchParams.get("again") === "true";
            const corrected = await readJson(request);
            return Response.json(await answering(deadLetters.replay(placeOf(params), corrected, again)));
          },
          {
            parse: "none",
            detail: operation({
              summary: "Sends a dead letter to its topic again, as it was or corrected",
              tag: "dead letters",
              parameters: [
                ...PLACE,
                { name: "again", in: "query", description: "also when it was sent before", schema: Type.Boolean() },
              ],
              body: {
                schema: Type.Object({}, { description: "the corrected value; without one the kept bytes are sent" }),
                optional: true,
              },
              answers: { 200: { description: "it is in Kafka", content: { "application/json": REPLAYED } } },
              problems: {
                404: "there is none",
                409: "it was replayed before",
                413: "the body is too large",
                415: "the body is not JSON",
                422: "its value was not kept whole",
                503: "Kafka or MongoDB does not answer",
              },
            }),
          },
        ),
  });
}

function placeOf(params: Readonly<Record<string, string>>): LetterPlace {
  const { topic = "", partition = "", offset = "" } = params;
  return { topic, partition, offset };
}

function limitOf(text: string | null): number {
  if (text === null) return 50;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_LETTERS) return limit;
  throw new Problem(
    422,
    "not-accepted",
    "A value is not accepted",
    `limit: found ${JSON.stringify(text)}, accepted is a whole number, 1 to ${MOST_LETTERS}`,
  );
}

/** MongoDB away is a state of the pipeline, not a bug of the service. */
async function answering<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
    throw new Problem(503, "mongodb-unavailable", "MongoDB does not answer", error.message, {
      headers: { "retry-after": "2" },
      cause: error,
    });
  }
}
