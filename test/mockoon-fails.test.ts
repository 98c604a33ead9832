import { expect, test } from "bun:test";
import { freePort } from "../stack/free-port.ts";
import { topicRecords } from "./conformance/topic-records.ts";
import { getJson, setRate, statusOf } from "./harness/http.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { startOwnKafka } from "./harness/servers.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { createTopic } from "./harness/topics.ts";
import { until } from "./harness/until.ts";

interface Stats {
  readonly acknowledged: number;
  readonly behind: boolean;
  readonly upstream: {
    readonly ok: boolean;
    readonly failures: number;
    readonly lastError: string | null;
    readonly since: string;
  };
}

const raw = (): object => ({
  transaction_id: `TXN-${crypto.randomUUID()}`,
  timestamp: "2026-01-31T12:00:00",
  customer_id: 4711,
  product_details: [{ product_id: "PROD-100", product_name: "Chair", quantity: 2, price: "12.50" }],
  total_amount: "99.90",
  currency: "USD",
  payment_method: "PayPal",
  shipping_address: { street: "1 Main St", city: "Reno", state: "Nevada", zip_code: "89501", country: "USA" },
  status: "Shipped",
});

const endless = (first: string, chunk: string, everyMs: number): Response =>
  new Response(
    new ReadableStream({
      async start(controller) {
        controller.enqueue(first);
        for (;;) {
          await Bun.sleep(everyMs);
          controller.enqueue(chunk);
        }
      },
    }),
    { headers: { "content-type": "application/json" } },
  );

/** An upstream that behaves as told; it is a real HTTP server, so that what comes over the wire is real. */
function upstream(answer: () => Response | Promise<Response>, port = 0): Disposable & { readonly url: string } {
  const server = Bun.serve({ port, hostname: "127.0.0.1", idleTimeout: 60, fetch: answer });
  return { url: server.url.href, [Symbol.dispose]: () => void server.stop(true) };
}

async function startAt(pipeline: Pipeline, url: string, rate = "20"): Promise<ServiceProcess> {
  return pipeline.start("producer-mockoon", { MOCKOON_URL: url, RATE: rate });
}

const stats = (source: ServiceProcess): Promise<Stats> => getJson<Stats>(`${source.url}/stats`);

test.each<[string, () => Response | Promise<Response>, RegExp]>([
  ["status 500", () => Response.json(raw(), { status: 500 }), /status 500/],
  ["HTML instead of JSON", () => new Response("<html>", { headers: { "content-type": "text/html" } }), /text\/html/],
  ["JSON that is no transaction", () => Response.json({ ...raw(), status: "Lost" }), /status: found "Lost"/],
  ["an empty list", () => Response.json([]), /empty list/],
  ["one bad one in a list", () => Response.json([raw(), { ...raw(), currency: "EUR" }]), /currency: found "EUR"/],
  ["a redirect", () => Response.redirect("http://elsewhere.example/", 302), /302 to http:\/\/elsewhere\.example/],
  ["50 MB", () => new Response(`"${"x".repeat(50_000_000)}"`), /larger than 1048576 bytes/],
  ["a small body that unpacks to 50 MB", () => bomb(), /larger than 1048576 bytes/],
  ["an endless fast body", () => endless("[", " ".repeat(100_000), 1), /larger than 1048576 bytes/],
  ["an endless slow body", () => endless("[", " ", 50), /within 5000 ms/],
  ["no answer at all", () => new Promise<Response>(() => undefined), /within 5000 ms/],
])(
  "Mockoon answers with %s: reported within the deadline, not sent, not fatal, and over when it is over",
  async (_, answer, error) => {
    let failing = true;
    using server = upstream(() => (failing ? answer() : Response.json(raw())));
    await using pipeline = await createPipeline();
    const source = await startAt(pipeline, server.url);
    // On a machine that stands still for a while even a fast answer may be too late once.
    const reported = await until("the failure is reported", async () => {
      const now = await stats(source);
      return error.test(now.upstream.lastError ?? "") && now;
    });
    expect(reported.upstream.ok).toBe(false);
    expect(reported.acknowledged).toBe(0);
    const ready = await fetch(`${source.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain("mockoon: ");
    expect((await fetch(`${source.url}/livez`)).status).toBe(200);

    failing = false;
    await until("it sends", async () => (await stats(source)).acknowledged > 3);
    await until("it is ready", async () => (await fetch(`${source.url}/readyz`)).ok);
    expect((await stats(source)).upstream.ok).toBe(true);
    const records = await topicRecords(pipeline.env["KAFKA_BROKER"] ?? "", pipeline.topics.mockoon);
    for (const { value } of records) expect(JSON.parse(String(value))).toMatchObject({ total_amount: 99.9 });
  },
  60_000,
);

test("Mockoon is down: reported at once, not fatal, and over when it is up", async () => {
  const port = await freePort();
  await using pipeline = await createPipeline();
  const source = await startAt(pipeline, `http://127.0.0.1:${port}/`);
  await until("the failure is reported", async () => (await stats(source)).upstream.failures > 0);
  expect((await stats(source)).upstream).toMatchObject({ ok: false, lastError: expect.stringMatching(/^no answer: /) });
  expect((await fetch(`${source.url}/readyz`)).status).toBe(503);
  using _server = upstream(() => Response.json(raw()), port);
  await until("it sends", async () => (await stats(source)).acknowledged > 3);
  expect((await fetch(`${source.url}/readyz`)).status).toBe(200);
}, 60_000);

function bomb(): Response {
  const body = Bun.gzipSync(Buffer.from(`"${"x".repeat(50_000_000)}"`));
  return new Response(body, { headers: { "content-encoding": "gzip", "content-type": "application/json" } });
}

test("the pauses between tries grow while Mockoon fails", async () => {
  const asked: number[] = [];
  using server = upstream(() => {
    asked.push(performance.now());
    return new Response("no", { status: 503 });
  });
  await using pipeline = await createPipeline();
  await startAt(pipeline, server.url, "0");
  await until("six tries", () => asked.length >= 6);
  const pauses = asked.slice(1).map((ms, index) => ms - (asked[index] ?? 0));
  // 200, 400, 800, 1,600 ms, each times 1 to 2, after the first try of all.
  expect(pauses[4] ?? 0).toBeGreaterThan(4 * (pauses[1] ?? 0) * 0.5);
  expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(3_000);
}, 60_000);

test("somebody who asks for one while Mockoon fails is told so: 502, and 504 when it does not answer", async () => {
  let answer: () => Response | Promise<Response> = () => new Response("no", { status: 500 });
  using server = upstream(() => answer());
  await using pipeline = await createPipeline();
  const source = await startAt(pipeline, server.url, "0");
  const bad = await fetch(`${source.url}/transactions`, { method: "POST" });
  expect(bad.status).toBe(502);
  expect(await bad.json()).toMatchObject({ code: "mockoon-failed", detail: expect.stringContaining("500") });
  answer = () => new Promise<Response>(() => undefined);
  const late = await fetch(`${source.url}/transactions`, { method: "POST" });
  expect(late.status).toBe(504);
  expect(await late.json()).toMatchObject({ code: "mockoon-timeout" });
}, 60_000);

test("Mockoon slow (2 s) is no failure, and the source asks for several at the same time", async () => {
  using server = upstream(async () => {
    await Bun.sleep(2_000);
    return Response.json(raw());
  });
  await using pipeline = await createPipeline();
  const source = await startAt(pipeline, server.url, "5");
  const beganMs = performance.now();
  await until("20 are sent", async () => (await stats(source)).acknowledged >= 20);
  // One at a time would have taken 40 s.
  expect(performance.now() - beganMs).toBeLessThan(20_000);
  expect((await stats(source)).upstream).toMatchObject({ ok: true, failures: 0 });
}, 60_000);

test("Mockoon slower than the rate is no outage, also when the source fell behind because of Kafka first", async () => {
  using slow = upstream(async () => {
    await Bun.sleep(50);
    return Response.json(raw());
  });
  await using kafka = await startOwnKafka();
  await using pipeline = await createPipeline({ broker: kafka.broker, withoutTopics: true });
  await createTopic(kafka.broker, pipeline.topics.mockoon);
  const source = await startAt(pipeline, slow.url);
  await until("it sends", async () => (await stats(source)).acknowledged > 5);
  kafka.signal("SIGSTOP");
  await setRate(source.url, 3_000);
  const unready = async (): Promise<string> => (await fetch(`${source.url}/readyz`)).text();
  await until("Kafka is too slow", async () => /pace/.test(await unready()));
  kafka.signal("SIGCONT");
  await until("it is ready", async () => {
    if ((await statusOf(`${source.url}/readyz`)) === 200) return true;
    throw new Error(await unready());
  });
  expect((await stats(source)).behind).toBe(true);
}, 90_000);

test("answers with several transactions are sent whole, and the rate counts transactions, not answers", async () => {
  using server = upstream(() => Response.json(Array.from({ length: 50 }, raw)));
  await using pipeline = await createPipeline();
  const source = await startAt(pipeline, server.url, "100");
  const first = await until("it sends", async () => {
    const now = await stats(source);
    return now.acknowledged >= 50 && { ...now, atMs: performance.now() };
  });
  // A machine that stood still makes it late; what was late is caught up on at a quarter more.
  const perSecond = await until("500 more, at 100 a second", async () => {
    const more = (await stats(source)).acknowledged - first.acknowledged;
    const rate = more / ((performance.now() - first.atMs) / 1_000);
    return more >= 500 && rate > 50 && rate;
  });
  // Answers, 100 a second, would be 5,000 transactions.
  expect(perSecond).toBeLessThan(200);
  await setRate(source.url, 0);
  const paused = await until("nothing is on its way", async () => {
    const one = await stats(source);
    return one.acknowledged % 50 === 0 && one;
  });
  expect(paused.acknowledged).toBeGreaterThan(0);
}, 60_000);
