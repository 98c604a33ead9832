import { swagger } from "@elysiajs/swagger";
import { type AnyElysia, Elysia } from "elysia";
import type { Registry } from "prom-client";
import { allowedMethods } from "./allowed-methods.ts";
import { docsFiles } from "./docs-page.ts";
import { Guard, type GuardOptions } from "./guard.ts";
import type { Log } from "./log.ts";
import { operation } from "./openapi.ts";
import { Problem } from "./problem.ts";
import type { Readiness } from "./readiness.ts";
import type { RequestTraces } from "./request-traces.ts";

/** What every service's HTTP side is made of. */
export interface HttpOptions extends GuardOptions {
  /** For the page's title. */
  readonly title: string;
  /** What the service is, in a sentence or two. */
  readonly description: string;
  readonly version: string;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Registry;
  readonly traces: RequestTraces;
  /** Adds the service's own routes; a route that changes something by `GET` asks the guard itself. */
  readonly routes: (app: AnyElysia, guard: Guard) => AnyElysia;
}

/**
 * Everything that all services answer alike: `/livez`, `/readyz`, `/metrics`, `/docs`, and problem+json for whatever
 * goes wrong. Nothing in it waits for Kafka or MongoDB, so that a service answers as soon as it listens.
 */
export function createHttp(options: HttpOptions): AnyElysia {
  const { log, readiness, metrics, traces } = options;
  const guard = new Guard(options);
  const app: AnyElysia = new Elysia({
    normalize: false,
    // Bun would answer for itself, without a problem's body; whoever reads a body bounds it (readJson).
    serve: { reusePort: false, maxRequestBodySize: Number.MAX_SAFE_INTEGER },
  })
    .onRequest(({ request, set }) => {
      traces.begin(request);
      const preflight = guard.admit(request);
      if (preflight) return preflight;
      const cors = guard.corsHeaders(request);
      if (cors) Object.assign(set.headers, cors);
      return undefined;
    })
    .onError(({ error, code, request, set }) => {
      const problem = toProblem(error, code, request, app);
      if (problem.status >= 500 && !(error instanceof Problem))
        log.error({ err: error, url: request.url }, "a request failed");
      const response = problem.toResponse();
      for (const [name, value] of Object.entries(guard.corsHeaders(request) ?? {})) response.headers.set(name, value);
      set.status = problem.status;
      return response;
    })
    .use(
      swagger({
        path: "/docs/plugin",
        specPath: "/docs/json",
        provider: "swagger-ui",
        exclude: [/^\/docs/],
        documentation: {
          // The schemas are JSON Schema as TypeBox writes it, which OpenAPI is from 3.1 on (the plugin says 3.0.3).
          openapi: "3.1.0",
          info: { title: options.title, description: options.description, version: options.version },
          ...(options.token !== undefined && {
            security: [{ token: [] }],
            components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
          }),
        },
      }),
    )
    .get("/livez", () => new Response('{"status":"alive"}', { headers: { "content-type": "application/json" } }), {
      detail: operation({
        summary: "Whether the process lives",
        tag: "operation",
        answers: { 200: { description: "it does", content: { "application/json": { type: "object" } } } },
      }),
    })
    .get("/readyz", () => readyz(readiness), {
      detail: operation({
        summary: "Whether the service can do its work",
        tag: "operation",
        answers: { 200: { description: "it can", content: { "application/json": { type: "object" } } } },
        problems: { 503: "it can't, with the reasons" },
      }),
    })
    .get(
      "/metrics",
      async () => new Response(await metrics.metrics(), { headers: { "content-type": metrics.contentType } }),
      {
        detail: operation({
          summary: "Figures for Prometheus",
          tag: "operation",
          answers: { 200: { description: "Prometheus text", content: { "text/plain": { type: "string" } } } },
        }),
      },
    );
  if (traces.on) {
    app.onAfterResponse(({ request, response, set }) => {
      traces.end(request, response instanceof Response ? response.status : Number(set.status ?? 200));
    });
  }
  for (const [path, answer] of Object.entries(docsFiles(options.title)))
    app.get(path, answer, { detail: { hide: true } });
  app.get("/docs/plugin", () => Response.redirect("/docs", 302), { detail: { hide: true } });
  return options.routes(app, guard);
}

function readyz(readiness: Readiness): Response {
  const reasons = readiness.reasons();
  if (reasons.length === 0) return Response.json({ status: "ready" });
  const detail = reasons.map(({ part, reason }) => `${part}: ${reason}`).join("; ");
  return new Problem(503, "not-ready", "Not ready", detail, {
    headers: { "retry-after": "1" },
    extra: { reasons },
  }).toResponse();
}

function toProblem(error: unknown, code: unknown, request: Request, app: AnyElysia): Problem {
  if (error instanceof Problem) return error;
  if (code === "NOT_FOUND") {
    const { pathname } = new URL(request.url);
    const methods = allowedMethods(app, pathname);
    if (methods.length === 0)
      return new Problem(404, "not-found", "Not found", `there is nothing at ${pathname}; see /docs`);
    const allow = methods.join(", ");
    return new Problem(
      405,
      "method-not-allowed",
      "Method not allowed",
      `found ${request.method}, accepted are ${allow}`,
      {
        headers: { allow },
      },
    );
  }
  if (code === "PARSE") return new Problem(400, "not-readable", "The request can't be read", String(error));
  return new Problem(500, "internal", "The service failed", "see the service's log", { cause: error });
}
