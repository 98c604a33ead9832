import { Type } from "@sinclair/typebox";
import type { AnyElysia } from "elysia";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { EventStream } from "#runtime/event-stream.ts";
import { createHttp, type HttpOptions } from "#runtime/http.ts";
import { EVENTS, operation } from "#runtime/openapi.ts";
import { Problem } from "#runtime/problem.ts";
import { readJson } from "#runtime/request-body.ts";
import { forward, type Upstream } from "./forward.ts";
import type { Hub } from "./hub.ts";
import { pageResponse } from "./page-assets.ts";
import { LONGEST_RANGE_SECONDS } from "./web/feed-format.ts";

/** What the dashboard's routes work on. */
export interface DashboardAppOptions extends Omit<HttpOptions, "title" | "description" | "routes"> {
  readonly stream: EventStream;
  readonly hub: Pick<Hub, "firstFrame" | "history">;
  readonly sources: Readonly<Record<SourceId, Upstream>>;
  readonly consumer: Upstream;
}

const JSON_ANSWER = { "application/json": Type.Object({}) };
const SOURCE = {
  name: "id",
  in: "path" as const,
  required: true,
  description: SOURCES.map(({ id }) => id).join(" or "),
  schema: Type.String(),
};
const PLACE = ["topic", "partition", "offset"].map((name) => ({
  ...{ name, in: "path" as const, required: true, description: `the record's ${name}`, schema: Type.String() },
}));
const UPSTREAM = { 404: "there is none", 502: "the service behind does not answer", 504: "it takes too long" };

/** The page, its stream of aggregates, its history, and what a person can do on it. */
export function createDashboardApp(options: DashboardAppOptions): AnyElysia {
  const { stream, hub, sources, consumer, ...http } = options;
  const sourceOf = (id: string | undefined): Upstream => {
    const source = SOURCES.find((known) => known.id === id);
    if (source !== undefined) return sources[source.id];
    const accepted = SOURCES.map((known) => known.id).join(", ");
    throw new Problem(404, "unknown-source", "No such source", `found ${id}, accepted are ${accepted}`);
  };
  const passOn = async (request: Request, upstream: Upstream, path: string): Promise<Response> => {
    const body = request.method === "GET" ? undefined : await readJson(request);
    return forward(upstream, request.method, path, {
      body: body === undefined ? undefined : JSON.stringify(body),
      traceparent: http.traces.traceparentOf(request),
    });
  };
  return createHttp({
    ...http,
    title: "Dashboard",
    description:
      "The live page of the pipeline: aggregates, never single transactions, so that it costs the same at any rate.",
    routes: (app) =>
      app
        .get("/", ({ request }) => page(request), { detail: { hide: true } })
        .get("/assets/:name", ({ request }) => page(request), { detail: { hide: true } })
        .get("/events", ({ request, server }) => stream.open(request, server, hub.firstFrame()), {
          detail: operation({
            summary: "Everything that the page shows, at most ten times a second",
            tag: "feed",
            answers: {
              200: {
                description: "server-sent events: one snapshot, then ticks",
                content: EVENTS,
              },
            },
            problems: { 503: "too many streams" },
          }),
        })
        .get(
          "/api/history",
          ({ request }) =>
            new Response(hub.history(rangeOf(request)), {
              headers: { "content-type": "application/json", "cache-control": "no-store" },
            }),
          {
            detail: operation({
              summary: "The complete seconds of the last minutes",
              tag: "feed",
              parameters: [
                {
                  ...{ name: "range", in: "query", description: "seconds back, 900 unless told" },
                  schema: Type.Integer({ minimum: 1, maximum: LONGEST_RANGE_SECONDS }),
                },
              ],
              answers: { 200: { description: "oldest first", content: JSON_ANSWER } },
              problems: { 422: "the range is not accepted" },
            }),
          },
        )
        .put("/api/sources/:id/rate", ({ request, params }) => passOn(request, sourceOf(params["id"]), "/rate"), {
          parse: "none",
          detail: operation({
            ...{ summary: "Sets a source's rate", tag: "actions", parameters: [SOURCE] },
            body: { schema: Type.Object({ perSecond: Type.Number() }), example: { perSecond: 100 } },
            answers: { 200: { description: "as the source answers", content: JSON_ANSWER } },
            problems: { ...UPSTREAM, 422: "the rate is not accepted" },
          }),
        })
        .put("/api/sources/:id/faults", ({ request, params }) => passOn(request, sourceOf(params["id"]), "/faults"), {
          parse: "none",
          detail: operation({
            ...{ summary: "Sets a source's faults on purpose", tag: "actions", parameters: [SOURCE] },
            body: { schema: Type.Object({}), example: { duplicate: 0.01 } },
            answers: { 200: { description: "as the source answers", content: JSON_ANSWER } },
            problems: { ...UPSTREAM, 422: "a share is not accepted" },
          }),
        })
        .post(
          "/api/sources/:id/transactions",
          ({ request, params }) => passOn(request, sourceOf(params["id"]), "/transactions"),
          {
            parse: "none",
            detail: operation({
              ...{ summary: "Sends one transaction", tag: "actions", parameters: [SOURCE] },
              answers: { 201: { description: "it is in Kafka", content: JSON_ANSWER } },
              problems: { ...UPSTREAM, 422: "not a transaction", 503: "Kafka has not acknowledged it" },
            }),
          },
        )
        .get(
          "/api/dead-letters",
          ({ request }) => passOn(request, consumer, `/dead-letters${new URL(request.url).search}`),
          {
            detail: operation({
              ...{ summary: "Records that are no transactions", tag: "dead letters" },
              answers: { 200: { description: "as the consumer answers", content: JSON_ANSWER } },
              problems: { ...UPSTREAM, 422: "a parameter is not accepted", 503: "MongoDB does not answer" },
            }),
          },
        )
        .get(
          "/api/dead-letters/:topic/:partition/:offset",
          ({ request }) => passOn(request, consumer, letterPath(request)),
          {
            detail: operation({
              ...{ summary: "One dead letter", tag: "dead letters", parameters: PLACE },
              answers: { 200: { description: "as the consumer answers", content: JSON_ANSWER } },
              problems: { ...UPSTREAM, 503: "MongoDB does not answer" },
            }),
          },
        )
        .post(
          "/api/dead-letters/:topic/:partition/:offset/replay",
          ({ request }) => passOn(request, consumer, letterPath(request)),
          {
            parse: "none",
            detail: operation({
              ...{ summary: "Sends a dead letter to its topic again", tag: "dead letters", parameters: PLACE },
              answers: { 200: { description: "as the consumer answers", content: JSON_ANSWER } },
              problems: {
                ...UPSTREAM,
                409: "it was replayed before",
                422: "its value was not kept whole",
                503: "Kafka or MongoDB does not answer",
              },
            }),
          },
        ),
  });
}

function page(request: Request): Response {
  const response = pageResponse(request);
  if (response === undefined)
    throw new Problem(404, "not-found", "Not found", `there is nothing at ${new URL(request.url).pathname}`);
  return response;
}

/** As it was sent: Elysia decodes some parameters and not others, so that encoding them again may encode twice. */
function letterPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return pathname.slice("/api".length) + search;
}

function rangeOf(request: Request): number {
  const text = new URL(request.url).searchParams.get("range");
  if (text === null) return LONGEST_RANGE_SECONDS;
  const range = Number(text);
  if (Number.isInteger(range) && range >= 1 && range <= LONGEST_RANGE_SECONDS) return range;
  throw new Problem(
    422,
    "not-accepted",
    "A value is not accepted",
    `range: found ${JSON.stringify(text)}, accepted is a whole number, 1 to ${LONGEST_RANGE_SECONDS}`,
  );
}
