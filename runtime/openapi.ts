import type { TSchema } from "@sinclair/typebox";

/** What a route tells Swagger about itself. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly parameters?: readonly Parameter[];
  /** Body as JSON; `optional` when the route works without one. */
  readonly body?: { readonly schema: TSchema | object; readonly optional?: boolean; readonly example?: unknown };
  /** Answers by status; problems are added by {@link Operation.problems}. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** Statuses that come as problem+json, with the sentence that says when. */
  readonly problems?: Readonly<Record<number, string>>;
}

/** A parameter in the query or the path. */
export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly description: string;
  readonly required?: boolean;
  readonly schema: TSchema | object;
  readonly example?: unknown;
}

/** A successful answer. */
export interface Answer {
  readonly description: string;
  /** Schema by media type; none for an answer without body. */
  readonly content?: Readonly<Record<string, TSchema | object>>;
}

const PROBLEM = {
  type: "object",
  required: ["type", "title", "status", "code", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", description: "stable, for programs" },
    detail: { type: "string", description: "what was found and what is accepted, for people" },
  },
};

/** Content of an answer that is a stream of server-sent events; readers differ in what a schema of one describes. */
export const EVENTS: Readonly<Record<string, object>> = {
  "text/event-stream": { description: "server-sent events" },
};

/** Problems that any route can answer with. */
const ALWAYS: Readonly<Record<number, string>> = {
  400: "the request can't be read",
  401: "a change without the token, where API_TOKEN is set",
  403: "the host or the origin is not allowed",
};

/** An OpenAPI operation object, in the form that Elysia's `detail` takes. */
export function operation(about: Operation): Record<string, unknown> {
  const responses: Record<string, unknown> = {};
  for (const [status, answer] of Object.entries(about.answers)) {
    const content = Object.entries(answer.content ?? {}).map(([type, schema]) => [type, { schema }]);
    responses[status] = {
      description: answer.description,
      ...(content.length > 0 && { content: Object.fromEntries(content) }),
    };
  }
  for (const [status, description] of Object.entries({ ...ALWAYS, ...about.problems })) {
    responses[status] = { description, content: { "application/problem+json": { schema: PROBLEM } } };
  }
  return {
    summary: about.summary,
    ...(about.description !== undefined && { description: about.description }),
    tags: [about.tag],
    ...(about.parameters && { parameters: about.parameters }),
    ...(about.body && {
      requestBody: {
        required: !about.body.optional,
        content: {
          "application/json": {
            schema: about.body.schema,
            ...(about.body.example !== undefined && { example: about.body.example }),
          },
        },
      },
    }),
    responses,
  };
}
