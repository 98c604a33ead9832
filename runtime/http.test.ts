import { describe, expect, test } from "bun:test";
import type { AnyElysia } from "elysia";
import pino from "pino";
import { createHttp } from "./http.ts";
import { createMetrics } from "./metrics.ts";
import { Problem } from "./problem.ts";
import { Readiness } from "./readiness.ts";
import { readJson } from "./request-body.ts";
import { RequestTraces } from "./request-traces.ts";

function appWith(options: { token?: string; readiness?: Readiness } = {}): AnyElysia {
  const readiness = options.readiness ?? new Readiness();
  return createHttp({
    title: "Test",
    description: "for tests",
    version: "1",
    log: pino({ level: "silent" }),
    readiness,
    metrics: createMetrics("test", readiness),
    traces: new RequestTraces(undefined),
    allowedHosts: ["localhost"],
    corsOrigins: ["http://friend.example"],
    token: options.token,
    routes: (app) =>
      app
        .get("/things/:id", () => Response.json({ ok: true }))
        .post("/things", async ({ request }) => Response.json({ got: (await readJson(request)) ?? null }), {
          parse: "none",
        })
        .get("/broken", () => {
          throw new TypeError("a secret of the inside");
        })
        .get("/teapot", () => {
          throw new Problem(418, "teapot", "A teapot", "found tea");
        }),
  });
}

const ask = (app: AnyElysia, path: string, init?: RequestInit): Promise<Response> =>
  app.handle(new Request(`http://localhost${path}`, init)) as Promise<Response>;

async function expectProblem(response: Response, status: number, code: string): Promise<Record<string, unknown>> {
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status, code });
  expect(String(body["detail"]).length).toBeGreaterThan(0);
  return body;
}

describe("every error is problem+json with a stable code", () => {
  const app = appWith();
  test("an unknown route", async () => expectProblem(await ask(app, "/nowhere"), 404, "not-found"));
  test("a wrong method, with Allow", async () => {
    const response = await ask(app, "/things/7", { method: "DELETE" });
    expect(response.headers.get("allow")).toBe("GET");
    await expectProblem(response, 405, "method-not-allowed");
  });
  test("a problem that a handler throws", async () => expectProblem(await ask(app, "/teapot"), 418, "teapot"));
  test("a bug, without its secrets", async () => {
    const body = await expectProblem(await ask(app, "/broken"), 500, "internal");
    expect(JSON.stringify(body)).not.toContain("secret");
  });
  test("a body that is not JSON", async () =>
    expectProblem(
      await ask(app, "/things", { method: "POST", body: "{", headers: { "content-type": "application/json" } }),
      400,
      "not-json",
    ));
  test("a body of another type", async () =>
    expectProblem(
      await ask(app, "/things", {
        method: "POST",
        body: "a=1",
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }),
      415,
      "not-json-type",
    ));
  test("a body that is too large", async () =>
    expectProblem(
      await ask(app, "/things", {
        method: "POST",
        body: " ".repeat(1_100_000),
        headers: { "content-type": "application/json" },
      }),
      413,
      "too-large",
    ));
});

test("a body may be absent", async () => {
  const response = await ask(appWith(), "/things", { method: "POST" });
  expect(await response.json()).toEqual({ got: null });
});

describe("a person's own machine is protected from pages that the person's browser shows", () => {
  test("another Host is refused (DNS rebinding)", async () => {
    const response = await ask(appWith(), "/livez", { headers: { host: "evil.example" } });
    await expectProblem(response, 403, "host-not-allowed");
  });
  test("a change from a foreign origin is refused", async () => {
    const response = await ask(appWith(), "/things", { method: "POST", headers: { origin: "http://evil.example" } });
    await expectProblem(response, 403, "origin-not-allowed");
  });
  test("a listed origin may change, and reads the answer", async () => {
    const response = await ask(appWith(), "/things", { method: "POST", headers: { origin: "http://friend.example" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe("http://friend.example");
  });
  test("where a token is set, a change needs it", async () => {
    const app = appWith({ token: "t0ken" });
    await expectProblem(await ask(app, "/things", { method: "POST" }), 401, "token-needed");
    await expectProblem(
      await ask(app, "/things", { method: "POST", headers: { authorization: "Bearer no" } }),
      401,
      "token-needed",
    );
    const good = await ask(app, "/things", { method: "POST", headers: { authorization: "Bearer t0ken" } });
    expect(good.status).toBe(200);
  });
});

test("/readyz says which part does not work, why and since when, and turns when it does", async () => {
  const readiness = new Readiness();
  const kafka = readiness.part("kafka");
  const app = appWith({ readiness });
  kafka.fail("no broker answers");
  const body = await expectProblem(await ask(app, "/readyz"), 503, "not-ready");
  expect(body["reasons"]).toMatchObject([{ part: "kafka", reason: "no broker answers" }]);
  kafka.ok();
  expect((await ask(app, "/readyz")).status).toBe(200);
});

test("/livez is 200 whatever the readiness", async () => {
  const readiness = new Readiness();
  readiness.part("kafka");
  expect((await ask(appWith({ readiness }), "/livez")).status).toBe(200);
});

test("/metrics is Prometheus text", async () => {
  const text = await (await ask(appWith(), "/metrics")).text();
  expect(text).toMatch(/^process_cpu_seconds_total\{service="test"\} [\d.]+$/m);
  expect(text).toMatch(/^ready\{service="test"\} 1$/m);
});

test("Swagger's page and document name no other host", async () => {
  const app = appWith();
  const page = await (await ask(app, "/docs")).text();
  expect(page).not.toMatch(/https?:\/\//);
  for (const path of page.matchAll(/(?:src|href)="([^"]+)"/g)) expect((await ask(app, path[1] ?? "")).status).toBe(200);
  const document = (await (await ask(app, "/docs/json")).json()) as { paths: object };
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(["/livez", "/readyz", "/metrics", "/things/{id}"]),
  );
});
