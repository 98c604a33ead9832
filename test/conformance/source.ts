import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FAULT_KINDS } from "#contract/reasons.ts";
import type { Source } from "#contract/sources.ts";
import type { Transaction } from "#contract/transaction.ts";
import { checkTransaction } from "#contract/transaction-schema.ts";
import { getJson, setRate, statusOf } from "../harness/http.ts";
import { createPipeline, type Pipeline } from "../harness/pipeline.ts";
import type { ServiceProcess } from "../harness/service-process.ts";
import { until } from "../harness/until.ts";
import { openEventSource } from "./event-source.ts";
import { recordCount, topicRecords } from "./topic-records.ts";

interface Sent {
  readonly transaction: Transaction;
  readonly delivery: { readonly topic: string; readonly partition: number; readonly offset: number };
}

interface Stats {
  readonly source: string;
  readonly seed: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly pending: number;
  readonly perSecond: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly streams: number;
  readonly eventsDropped: number;
}

const JSON_TYPE = { "content-type": "application/json" };

/** A transaction as a stranger would post it. */
function posted(): Transaction & { coupon: { code: string } } {
  return {
    transaction_id: `TXN-${crypto.randomUUID()}`,
    timestamp: "2026-01-31T12:00:00Z",
    customer_id: 4711,
    product_details: [{ product_id: "PROD-100", product_name: "Chair Ø “oak” 🪑", quantity: 2, price: 12.5 }],
    total_amount: 25,
    currency: "USD",
    payment_method: "PayPal",
    shipping_address: { street: "1 Main St", city: "Reno", state: "NV", zip_code: "89501", country: "USA" },
    status: "Shipped",
    coupon: { code: "X" },
  };
}

/** What every source promises, whatever it makes its transactions from. */
export function describeSource(about: Source): void {
  describe(`${about.service} is a source`, () => {
    let pipeline: Pipeline;
    let source: ServiceProcess;
    const topic = (): string => pipeline.topics[about.id];
    const broker = (): string => pipeline.env["KAFKA_BROKER"] ?? "";
    const stats = (of = source): Promise<Stats> => getJson<Stats>(`${of.url}/stats`);
    const post = (body?: string, headers: Record<string, string> = JSON_TYPE): Promise<Response> =>
      fetch(`${source.url}/transactions`, { method: "POST", ...(body !== undefined && { body, headers }) });
    const ready = (of: ServiceProcess): Promise<boolean> =>
      until(`${about.service} is ready`, async () => (await statusOf(`${of.url}/readyz`)) === 200);

    async function expectInKafka({ transaction, delivery }: Sent): Promise<void> {
      expect(delivery.topic).toBe(topic());
      const record = (await topicRecords(broker(), topic())).find(
        ({ partition, offset }) => partition === delivery.partition && offset === delivery.offset,
      );
      expect(record?.key).toBe(transaction.transaction_id);
      expect(JSON.parse(String(record?.value))).toEqual(transaction);
    }

    beforeAll(async () => {
      pipeline = await createPipeline();
      source = await pipeline.start(about.service);
      await ready(source);
    }, 60_000);

    afterAll(async () => {
      await pipeline?.[Symbol.asyncDispose]();
    }, 60_000);

    test("GET / says that it works", async () => {
      expect(await getJson<unknown>(`${source.url}/`)).toEqual({
        status: "success",
        message: "the API is working....",
      });
    });

    test("POST /transactions without a body sends one, which is in Kafka where the answer says", async () => {
      const answer = await post();
      expect(answer.status).toBe(201);
      expect(answer.headers.get("content-type")).toContain("application/json");
      const sent = (await answer.json()) as Sent;
      expect(checkTransaction(sent.transaction).ok).toBe(true);
      await expectInKafka(sent);
    });

    test("the stream's path sends one when JSON is asked for, as Execute does", async () => {
      const answer = await fetch(source.url + about.streamPath, { headers: { accept: "application/json" } });
      expect(answer.status).toBe(201);
      await expectInKafka((await answer.json()) as Sent);
    });

    test("POST /transactions with a body sends that transaction, unknown fields kept", async () => {
      const body = posted();
      const answer = await post(JSON.stringify(body, null, 2));
      expect(answer.status).toBe(201);
      const sent = (await answer.json()) as Sent;
      expect(sent.transaction).toEqual(body);
      await expectInKafka(sent);
    });

    test("100 at the same time get 100 different places, each the one where its record is", async () => {
      const all = await Promise.all(
        Array.from({ length: 100 }, async () => (await (await post(JSON.stringify(posted()))).json()) as Sent),
      );
      const places = new Map(all.map((sent) => [`${sent.delivery.partition}:${sent.delivery.offset}`, sent]));
      expect(places.size).toBe(100);
      const records = await topicRecords(broker(), topic());
      const keys = new Map(records.map(({ partition, offset, key }) => [`${partition}:${offset}`, key]));
      for (const [place, { transaction }] of places) expect(keys.get(place)).toBe(transaction.transaction_id);
    });

    test("an Accept that is neither JSON nor events is a problem", async () => {
      const answer = await fetch(source.url + about.streamPath, { headers: { accept: "text/html" } });
      expect(answer.status).toBe(406);
      expect(await answer.json()).toMatchObject({
        code: "not-acceptable",
        detail: expect.stringContaining("text/html"),
      });
    });

    test.each([{}, { accept: "*/*" }, { accept: "text/event-stream" }, { accept: "text/html, */*;q=0.8" }])(
      "the live stream for %j: one event per transaction, with its place in Kafka and the bytes that are there",
      async (headers: Record<string, string>) => {
        await using stream = await openEventSource(source.url + about.streamPath, headers);
        expect(stream.response.headers.get("content-type")).toContain("text/event-stream");
        await until("the stream is open", async () => (await stats()).streams === 1);
        const sent = (await (await post()).json()) as Sent;
        const { id, data } = await until("the event", () => stream.events[0]);
        expect(id).toBe(`${sent.delivery.partition}:${sent.delivery.offset}`);
        expect(JSON.parse(data)).toEqual(sent.transaction);
        const records = await topicRecords(broker(), topic());
        const record = records.find(({ partition, offset }) => `${partition}:${offset}` === id);
        expect(String(record?.value)).toBe(data);
        await stream[Symbol.asyncDispose]();
        await until("the stream is freed", async () => (await stats()).streams === 0);
      },
    );

    test("the rate is the asked one, however many watch, and 0 pauses", async () => {
      await using one = await openEventSource(source.url + about.streamPath);
      await using other = await openEventSource(source.url + about.streamPath);
      await setRate(source.url, 40);
      const first = await stats();
      const beganMs = performance.now();
      let perSecond = 0;
      // A machine that stood still makes it late; what was late is caught up on at a quarter more.
      const last = await until("200 more, at 40 a second", async () => {
        const now = await stats();
        const more = now.acknowledged - first.acknowledged;
        perSecond = more / ((performance.now() - beganMs) / 1000);
        return more >= 200 && perSecond > 40 * 0.7 && now;
      });
      // The second watcher would double it.
      expect(perSecond).toBeLessThan(40 * 1.3);
      expect(last.perSecond).toBe(40);
      await setRate(source.url, 0);
      const paused = await until("nothing is pending", async () => {
        const now = await stats();
        return now.pending === 0 && now;
      });
      await until("both saw every event", () => one.events.length === other.events.length && one.events.length >= 200);
      expect((await stats()).acknowledged - paused.acknowledged).toBeLessThanOrEqual(16);
    });

    test("faults on purpose are in Kafka as often as /stats says, and can be switched off", async () => {
      const put = (shares: object): Promise<Response> =>
        fetch(`${source.url}/faults`, { method: "PUT", headers: JSON_TYPE, body: JSON.stringify(shares) });
      expect((await put({ duplicate: 2 })).status).toBe(422);
      const before = await recordCount(broker(), topic());
      const first = await stats();
      expect((await put({ duplicate: 0.3, late: 0.2, malformed: 0.2, conflict: 0.2 })).status).toBe(200);
      await setRate(source.url, 60);
      await until("each kind was sent", async () => {
        const { faults } = await stats();
        return FAULT_KINDS.every((kind) => kind === "oversize" || (faults[kind] ?? 0) > 2);
      });
      await setRate(source.url, 0);
      expect(await (await put({})).json()).toEqual(Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])));
      const last = await until("nothing is pending", async () => {
        const now = await stats();
        return now.pending === 0 && now;
      });
      const records = (await topicRecords(broker(), topic())).length;
      expect(records - before).toBeGreaterThanOrEqual(last.acknowledged - first.acknowledged);
      const values = new Map<string, Set<string>>();
      let malformed = 0;
      let duplicates = 0;
      let conflicts = 0;
      for (const { key, value } of await topicRecords(broker(), topic())) {
        if (value === null || !isTransaction(value)) {
          malformed++;
          continue;
        }
        const known = values.get(key ?? "") ?? new Set();
        if (known.has(String(value))) duplicates++;
        else if (known.size > 0) conflicts++;
        values.set(key ?? "", known.add(String(value)));
      }
      const { faults } = await stats();
      expect({ malformed, duplicates, conflicts }).toEqual({
        malformed: faults["malformed"] ?? 0,
        duplicates: faults["duplicate"] ?? 0,
        conflicts: faults["conflict"] ?? 0,
      });
    });

    test("/stats has every figure, and /metrics the same ones", async () => {
      const now = await stats();
      expect(now.source).toBe(about.id);
      expect(Number.isSafeInteger(now.seed)).toBe(true);
      for (const figure of [now.acknowledged, now.failed, now.pending, now.perSecond, now.streams, now.eventsDropped]) {
        expect(figure).toBeGreaterThanOrEqual(0);
      }
      expect(Object.keys(now.faults).sort()).toEqual([...FAULT_KINDS].sort());
      const metrics = await (await fetch(`${source.url}/metrics`)).text();
      const figure = (name: string): number =>
        Number(new RegExp(`^${name}\\{[^}]*\\} ([\\d.e+]+)$`, "m").exec(metrics)?.[1]);
      const after = await stats();
      expect(figure("records_acknowledged_total")).toBeGreaterThanOrEqual(now.acknowledged);
      expect(figure("records_acknowledged_total")).toBeLessThanOrEqual(after.acknowledged);
      for (const name of [
        "records_failed_total",
        "records_pending",
        "record_bytes_total",
        "acknowledgement_seconds_count",
        "streams",
        "asked_rate",
        "present_rate",
      ]) {
        expect([name, figure(name)]).toEqual([name, expect.any(Number)]);
        expect([name, Number.isNaN(figure(name))]).toEqual([name, false]);
      }
    });

    test("/preview shows transactions without sending any", async () => {
      // Its own, which nobody has asked for anything: what was on its way before does not count.
      const quiet = await pipeline.start(about.service);
      await ready(quiet);
      const { transactions } = await getJson<{ transactions: Transaction[] }>(`${quiet.url}/preview?count=5`);
      expect(transactions.length).toBe(5);
      for (const transaction of transactions) expect(checkTransaction(transaction).ok).toBe(true);
      expect(await statusOf(`${quiet.url}/preview?count=0`)).toBe(422);
      expect(await statusOf(`${quiet.url}/preview?count=many`)).toBe(422);
      expect(await stats(quiet)).toMatchObject({ acknowledged: 0, pending: 0 });
    });

    test("MAX_STREAMS refuses the next client with a problem", async () => {
      const small = await pipeline.start(about.service, { MAX_STREAMS: "1" });
      await using first = await openEventSource(small.url + about.streamPath);
      expect(first.response.status).toBe(200);
      const refused = await fetch(small.url + about.streamPath);
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({ code: "too-many-streams" });
    });

    test("SIGTERM in full flow: streams end, what was acknowledged is in Kafka, the exit code is 0", async () => {
      const flowing = await pipeline.start(about.service, { RATE: "50" });
      await ready(flowing);
      await using stream = await openEventSource(flowing.url + about.streamPath);
      const acknowledged = await until("some are sent", async () => {
        const now = await stats(flowing);
        return now.acknowledged > 20 && stream.events.length > 5 && now.acknowledged;
      });
      expect(await flowing.stop()).toBe(0);
      expect(await recordCount(broker(), topic())).toBeGreaterThanOrEqual(acknowledged);
      const places = new Set((await topicRecords(broker(), topic())).map((it) => `${it.partition}:${it.offset}`));
      for (const { id } of stream.events) expect(places.has(id)).toBe(true);
    });

    test("the documents for Execute offer JSON first", async () => {
      const document = await getJson<{ paths: Record<string, Record<string, unknown>> }>(`${source.url}/docs/json`);
      const get = document.paths[about.streamPath]?.["get"] as {
        responses: Record<string, { content?: Record<string, unknown> }>;
      };
      const types = Object.values(get.responses).flatMap(({ content }) => Object.keys(content ?? {}));
      expect(types.filter((type) => type !== "application/problem+json").sort()).toEqual([
        "application/json",
        "text/event-stream",
      ]);
      expect(Object.keys(document.paths)).toEqual(
        expect.arrayContaining(["/", "/transactions", "/rate", "/faults", "/preview", "/stats", about.streamPath]),
      );
    });
  });
}

function isTransaction(value: Buffer): boolean {
  try {
    return checkTransaction(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(value))).ok;
  } catch {
    return false;
  }
}
