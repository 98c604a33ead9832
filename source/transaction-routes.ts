import { type TSchema, Type } from "@sinclair/typebox";
import type { AnyElysia } from "elysia";
import Negotiator from "negotiator";
import type { Source } from "#contract/sources.ts";
import { checkTransaction, TransactionSchema } from "#contract/transaction-schema.ts";
import type { EventStream } from "#runtime/event-stream.ts";
import type { Guard } from "#runtime/guard.ts";
import { type Answer, EVENTS, operation } from "#runtime/openapi.ts";
import { Problem } from "#runtime/problem.ts";
import type { Delivery } from "#runtime/publisher.ts";
import type { Coalescer } from "#runtime/publisher-coalescer.ts";
import { readJson } from "#runtime/request-body.ts";
import type { RequestTraces } from "#runtime/request-traces.ts";
import type { Tracing } from "#runtime/tracing.ts";
import { DOCUMENTED_TRANSACTION, EXAMPLE_TRANSACTION } from "./documented-transaction.ts";
import { recordOf, type TransactionRecord } from "./transaction-record.ts";
import type { TransactionSource } from "./transaction-source.ts";

/** What the routes that send need. */
export interface TransactionRoutesOptions {
  readonly about: Source;
  readonly source: TransactionSource;
  readonly coalescer: Coalescer<TransactionRecord>;
  readonly stream: EventStream;
  readonly guard: Guard;
  readonly traces: RequestTraces;
  readonly tracing: Tracing | undefined;
  /** For the documentation, by status. */
  readonly problems?: Readonly<Record<number, string>>;
}

const JSON_HEADERS = { "content-type": "application/json" };

const DeliverySchema = Type.Object({
  topic: Type.String(),
  partition: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
});
const sentAs = (transaction: TSchema): Answer => ({
  description: "all in-sync replicas have it",
  content: { "application/json": Type.Object({ transaction, delivery: DeliverySchema }) },
});

/** `POST /transactions`, and the live stream, which sends one when JSON is asked for. */
export function addTransactionRoutes(app: AnyElysia, options: TransactionRoutesOptions): AnyElysia {
  const { about, source, coalescer, stream, guard, traces, tracing } = options;
  const send = async (made: { id: string; json: string }, request: Request): Promise<Response> => {
    const parent = traces.traceparentOf(request);
    const span = tracing?.begin("producer", "send", { parent, attributes: { "messaging.system": "kafka" } });
    try {
      const delivery = await coalescer.deliver(recordOf(made, span?.traceparent ?? parent));
      span?.set("messaging.destination.name", delivery.topic);
      return sent(made.json, delivery);
    } catch (error) {
      span?.fail(error instanceof Problem ? error.code : "failed");
      throw error;
    } finally {
      span?.end();
    }
  };
  const ofBody = (body: unknown): { id: string; json: string } => {
    const checked = checkTransaction(body);
    if (!checked.ok) throw new Problem(422, "not-a-transaction", "This is no transaction", checked.fault.detail);
    return { id: checked.transaction.transaction_id, json: JSON.stringify(body) };
  };
  const problems = {
    503: "Kafka has not acknowledged it within 5 s, or too many wait already; with Retry-After",
    ...options.problems,
  };
  return app
    .post(
      "/transactions",
      async ({ request }) => {
        const body = await readJson(request);
        return send(body === undefined ? await source.one() : ofBody(body), request);
      },
      {
        parse: "none",
        detail: operation({
          summary: "Send one transaction",
          description:
            "Without a body one is made, with a body that one is taken as it is, unknown fields kept. Answers once Kafka has acknowledged it.",
          tag: "transactions",
          body: { schema: DOCUMENTED_TRANSACTION, optional: true, example: EXAMPLE_TRANSACTION },
          answers: { 201: sentAs(DOCUMENTED_TRANSACTION) },
          problems: {
            413: "the body is larger than 1 MiB",
            415: "the body is not application/json",
            422: "the body is no transaction; which field, what was found and what is accepted",
            ...problems,
          },
        }),
      },
    )
    .get(
      about.streamPath,
      async ({ request, server }) => {
        if (wants(request) === "text/event-stream") return stream.open(request, server, RETRY);
        guard.admitChange(request);
        return send(await source.one(), request);
      },
      {
        detail: operation({
          summary: "The live stream, or send one",
          description:
            "With `Accept: application/json`, as Execute sends it, makes and sends one transaction as `POST /transactions` does. " +
            "With `Accept: text/event-stream` or without a preference the live stream: one event for each transaction, " +
            "`data` is its JSON, `id` is `partition:offset`.",
          tag: "transactions",
          answers: {
            201: sentAs(TransactionSchema),
            200: {
              description: "the live stream",
              content: EVENTS,
            },
          },
          problems: { 406: "neither JSON nor events are acceptable", ...problems },
        }),
      },
    );
}

/** Clients that lost the stream come back after a second. */
const RETRY = new TextEncoder().encode("retry: 1000\n\n");

function wants(request: Request): "text/event-stream" | "application/json" {
  const accept = request.headers.get("accept") ?? "*/*";
  const type = new Negotiator({ headers: { accept } }).mediaType(["text/event-stream", "application/json"]);
  if (type === "text/event-stream" || type === "application/json") return type;
  throw new Problem(
    406,
    "not-acceptable",
    "Not acceptable",
    `found Accept ${JSON.stringify(accept)}, there are text/event-stream and application/json`,
  );
}

/** The transaction's JSON goes out as it went to Kafka. */
function sent(json: string, delivery: Delivery): Response {
  const body = `{"transaction":${json},"delivery":${JSON.stringify(delivery)}}`;
  return new Response(body, { status: 201, headers: JSON_HEADERS });
}
