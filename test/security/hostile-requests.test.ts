import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SOURCES, type Source } from "#contract/sources.ts";
import type { ServiceName } from "../../stack/services.ts";
import { createPipeline, type Pipeline } from "../harness/pipeline.ts";
import { rawStatus, residentMb } from "../harness/raw-request.ts";
import type { ServiceProcess } from "../harness/service-process.ts";

const TOKEN = "a-token-that-nobody-guesses";
type Change = readonly [method: string, path: string];
const CHANGES: Readonly<Record<ServiceName, Change>> = {
  ...rateOfEverySource(),
  producer: ["POST", "/transactions"],
  consumer: ["POST", "/dead-letters/t/0/0/replay"],
  dashboard: ["PUT", "/api/sources/faker/rate"],
};
function rateOfEverySource(): Record<Source["service"], Change> {
  const rate: Change = ["PUT", "/rate"];
  return Object.fromEntries(SOURCES.map(({ service }) => [service, rate])) as Record<Source["service"], Change>;
}
const TRICKS = [
  "/../../../../etc/passwd",
  "/docs/../../../../etc/passwd",
  "/docs/..%2f..%2fpackage.json",
  "/docs/%2e%2e/%2e%2e/package.json",
  "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
  "/assets/....//....//etc/passwd",
  "/%00",
  "/%",
  "/%c0%ae%c0%ae/etc/passwd",
  "//etc/passwd",
  "/dead-letters/%E0%A4%A/0/0",
  "/dead-letters/..%2f..%2f/0/0",
  "/api/dead-letters/%E0%A4%A/0/0",
  "/api/dead-letters/t/0/%E9%B6%98%60%C3%BB%25",
  "/api/sources/%E0%A4%A/rate",
  "/api/sources/__proto__/rate",
  `/${"a/".repeat(2_000)}`,
];

describe.each(Object.keys(CHANGES) as ServiceName[])("%s against hostile requests", (name) => {
  let pipeline: Pipeline;
  let service: ServiceProcess;
  let before = 0;
  const [method, path] = CHANGES[name];
  const host = (): string => new URL(service.url).host;
  const change = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${service.url}${path}`, { method, headers });
  const alive = async (): Promise<void> => {
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    expect((await residentMb(service.pid)) - before).toBeLessThan(200);
  };

  beforeAll(async () => {
    pipeline = await createPipeline();
    service = await pipeline.start(name, { API_TOKEN: TOKEN, LOG_LEVEL: "debug" });
    await fetch(`${service.url}/livez`);
    before = await residentMb(service.pid);
  }, 60_000);
  afterAll(async () => {
    await pipeline?.[Symbol.asyncDispose]();
  }, 60_000);

  test.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::ffff:1.2.3.4]", ""])(
    "a Host that is not its own, %j, is answered by nothing but a problem",
    async (wrong) => {
      const status = await rawStatus(service.url, `GET /stats HTTP/1.1\r\nHost: ${wrong}\r\nConnection: close\r\n\r\n`);
      expect([400, 403]).toContain(status);
    },
  );

  test("a foreign page may change nothing, and reads nothing either", async () => {
    const foreign = { origin: "https://evil.example", authorization: `Bearer ${TOKEN}` };
    const refused = await change(foreign);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    expect((await change({ origin: "null", authorization: `Bearer ${TOKEN}` })).status).toBe(403);
    const read = await fetch(`${service.url}/livez`, { headers: { origin: "https://evil.example" } });
    expect(read.headers.get("access-control-allow-origin")).toBeNull();
    const preflight = await fetch(service.url + path, {
      method: "OPTIONS",
      headers: { origin: "https://evil.example", "access-control-request-method": method },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("without its token nothing is changed, however the token is given", async () => {
    for (const given of [undefined, "", TOKEN, `Bearer ${TOKEN}x`, `Basic ${btoa(`a:${TOKEN}`)}`, "Bearer"]) {
      const answer = await change(given === undefined ? {} : { authorization: given });
      expect([given, answer.status]).toEqual([given, 401]);
      expect(await answer.text()).not.toContain(TOKEN);
    }
    expect((await change({ authorization: `Bearer ${TOKEN}` })).status).not.toBe(401);
  });

  test("headers of a megabyte are refused", async () => {
    const one = `GET /livez HTTP/1.1\r\nHost: ${host()}\r\nX-Large: ${"x".repeat(1024 * 1024)}\r\n\r\n`;
    expect([0, 431]).toContain(await rawStatus(service.url, one));
    const many = Array.from({ length: 20_000 }, (_, index) => `X-${index}: y\r\n`).join("");
    expect([0, 400, 431]).toContain(
      await rawStatus(service.url, `GET /livez HTTP/1.1\r\nHost: ${host()}\r\n${many}\r\n`),
    );
    await alive();
  });

  test("a body that is too large is refused, also one that does not say how large it is", async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const said = await fetch(service.url + path, { method, headers, body: `"${"x".repeat(2 * 1024 * 1024)}"` });
    expect(said.status).toBe(413);
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(64 * 1024).fill(32));
        sent += 64;
        if (sent > 32 * 1024) controller.close();
      },
    });
    let sent = 0;
    const unsaid = await fetch(service.url + path, { method, headers, body }).then(
      ({ status }) => status,
      () => 0,
    );
    expect([0, 413]).toContain(unsaid);
    await alive();
  });

  test("paths that lead out of the service lead nowhere, and none makes it fail", async () => {
    for (const trick of TRICKS) {
      const request = `GET ${trick} HTTP/1.1\r\nHost: ${host()}\r\nConnection: close\r\n\r\n`;
      const status = await rawStatus(service.url, request);
      expect([trick.slice(0, 60), status >= 500]).toEqual([trick.slice(0, 60), name === "dashboard" && status === 502]);
      expect(status).not.toBe(200);
    }
    await alive();
  });

  test("what is no HTTP is refused, and the next request is answered", async () => {
    for (const nonsense of ["\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02\x00\x01", `${"A".repeat(100_000)}\r\n\r\n`]) {
      expect(await rawStatus(service.url, nonsense, 3_000)).not.toBe(200);
    }
    const smuggled = `POST ${path} HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    expect(await rawStatus(service.url, smuggled)).toBeGreaterThanOrEqual(400);
    await alive();
  });
});
