import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { FAULT_KINDS } from "#contract/reasons.ts";
import type { Source } from "#contract/sources.ts";
import { EXAMPLE_TRANSACTION } from "#source/documented-transaction.ts";
import { getJson, statusOf } from "../harness/http.ts";
import { createPipeline, type Pipeline } from "../harness/pipeline.ts";
import type { ServiceProcess } from "../harness/service-process.ts";
import { until } from "../harness/until.ts";
import { recordCount } from "./topic-records.ts";

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
/** What is sent, with which type, the status of the answer and what its `detail` says. */
type Bad = readonly [what: string, body: () => Body, type: string, status: number, detail: RegExp];

const JSON_TYPE = "application/json";
const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"] as const;
const large = (): string => JSON.stringify("x".repeat(1_100_000));
const withoutLength = (megabytes: number): ReadableStream<Uint8Array> => {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (sent++ < megabytes) controller.enqueue(new Uint8Array(1_000_000).fill(0x20));
      else controller.close();
    },
  });
};

/** Bad for every route that takes a body. */
const BAD: readonly Bad[] = [
  ["a body over 1 MiB", large, JSON_TYPE, 413, /found \d+ bytes, accepted are 1048576 bytes at most/],
  ["20 MB", () => " ".repeat(20_000_000), JSON_TYPE, 413, /accepted are 1048576 bytes/],
  ["20 MB without a length", () => withoutLength(20), JSON_TYPE, 413, /accepted are 1048576 bytes/],
  ["text", () => "hello", "text/plain", 415, /found "text\/plain.*", accepted is application\/json/],
  ["a form", () => "a=1", "application/x-www-form-urlencoded", 415, /accepted is application\/json/],
  ["a cut-off object", () => "{", JSON_TYPE, 400, /JSON/],
  ["bytes that are no UTF-8", () => new Uint8Array([0x22, 0xff, 0x22]), JSON_TYPE, 400, /./],
  ["blanks", () => "  ", JSON_TYPE, 400, /./],
  ["a list", () => "[]", JSON_TYPE, 422, /object/],
  ["a number", () => "5", JSON_TYPE, 422, /object/],
  ["null", () => "null", JSON_TYPE, 422, /object/],
];

const changed =
  (change: object): (() => string) =>
  (): string =>
    JSON.stringify({ ...EXAMPLE_TRANSACTION, ...change });
const [product] = EXAMPLE_TRANSACTION.product_details;

/** Bad for one route: the field is named, with what is accepted. */
const BAD_FOR: Readonly<Record<string, readonly Bad[]>> = {
  "POST /transactions": [
    ["an empty object", () => "{}", JSON_TYPE, 422, /transaction_id: found nothing, accepted is a text/],
    [
      "another status",
      changed({ status: "Lost" }),
      JSON_TYPE,
      422,
      /status: found "Lost", accepted is "Processing", "Shipped"/,
    ],
    [
      "no product",
      changed({ product_details: [] }),
      JSON_TYPE,
      422,
      /product_details: found \[\], accepted is a list of 1/,
    ],
    [
      "half a piece",
      changed({ product_details: [{ ...product, quantity: 0.5 }] }),
      JSON_TYPE,
      422,
      /0.quantity: found 0.5/,
    ],
    [
      "a negative total",
      changed({ total_amount: -1 }),
      JSON_TYPE,
      422,
      /total_amount: found -1, accepted is .*0 or more/,
    ],
    ["30 February", changed({ timestamp: "2026-02-30T00:00:00Z" }), JSON_TYPE, 422, /timestamp: found .*RFC 3339/],
    ["a reserved name", changed({ _id: 1 }), JSON_TYPE, 422, /_id: the name is reserved/],
  ],
  "PUT /rate": [
    ["a negative rate", () => '{"perSecond":-1}', JSON_TYPE, 422, /perSecond: found -1/],
    ["1e9", () => '{"perSecond":1e9}', JSON_TYPE, 422, /perSecond: found 1000000000/],
    ["1e999", () => '{"perSecond":1e999}', JSON_TYPE, 422, /perSecond/],
    ["NaN", () => '{"perSecond":NaN}', JSON_TYPE, 400, /JSON/],
    ["a text", () => '{"perSecond":"5"}', JSON_TYPE, 422, /perSecond: found "5"/],
    ["an unknown field", () => '{"perSecond":5,"speed":1}', JSON_TYPE, 422, /speed/],
    ["an unknown profile", () => '{"perSecond":5,"profile":"square"}', JSON_TYPE, 422, /profile/],
    ["0 seconds", () => '{"perSecond":5,"forSeconds":0}', JSON_TYPE, 422, /forSeconds: found 0/],
    ["a sine with a ramp", () => '{"perSecond":5,"profile":"sine","rampSeconds":5}', JSON_TYPE, 422, /rampSeconds/],
    ["nothing", () => "{}", JSON_TYPE, 422, /perSecond: found nothing/],
  ],
  "PUT /faults": [
    ["an unknown kind", () => '{"lost":0.1}', JSON_TYPE, 422, /lost/],
    ["a share over 1", () => '{"late":1.1}', JSON_TYPE, 422, /late: found 1.1/],
    ["a text", () => '{"late":"all"}', JSON_TYPE, 422, /late: found "all"/],
    [
      "shares over 1 in total",
      () => '{"late":0.6,"conflict":0.6}',
      JSON_TYPE,
      422,
      /found 1.2 in total, accepted is 1/,
    ],
  ],
};

/** What every source does with what it can't take: a problem, and nothing has changed. */
export function describeBadInput(about: Source): void {
  describe(`${about.service} refuses`, () => {
    let pipeline: Pipeline;
    let source: ServiceProcess;
    let before: unknown;

    /** Everything that a request could have changed. */
    const state = async (): Promise<unknown> => {
      const { acknowledged, failed, pending, made } = await getJson<Record<string, unknown>>(`${source.url}/stats`);
      const [rate, faults] = [await getJson(`${source.url}/rate`), await getJson(`${source.url}/faults`)];
      const records = await recordCount(pipeline.env["KAFKA_BROKER"] ?? "", pipeline.topics[about.id]);
      return { acknowledged, failed, pending, made, rate, faults, records };
    };

    async function expectProblem(answer: Response, status: number, detail: RegExp): Promise<void> {
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      const problem = (await answer.json()) as { code: string; detail: string; status: number };
      expect([answer.status, problem.status]).toEqual([status, status]);
      expect(problem.code).toMatch(/^[a-z0-9-]+$/);
      expect(problem.detail).toMatch(detail);
    }

    beforeAll(async () => {
      pipeline = await createPipeline();
      source = await pipeline.start(about.service);
      await until("it is ready", async () => (await statusOf(`${source.url}/readyz`)) === 200);
      before = await state();
    }, 60_000);

    afterAll(async () => {
      await pipeline?.[Symbol.asyncDispose]();
    }, 60_000);

    for (const [route, special] of Object.entries(BAD_FOR)) {
      const [method = "", path = ""] = route.split(" ");
      test.each([...BAD, ...special])(`${route}: %s`, async (_, body, type, status, detail) => {
        const init = { method, body: body(), headers: { "content-type": type }, duplex: "half" };
        await expectProblem(await fetch(source.url + path, init), status, detail);
        expect(await state()).toEqual(before);
      });
    }

    test.each(["/nowhere", "/transactions/1", "/Rate", "/%", "/docs/nothing", "/preview/1"])(
      "GET %s, which is not there",
      async (path) => expectProblem(await fetch(source.url + path), 404, /there is nothing at/),
    );

    test.each([
      "count=0",
      "count=1001",
      "count=many",
      "count=1.5",
      "after=-1",
      "seed=-1",
      "seed=1e3",
      "seed=99999999999999999",
    ])("GET /preview?%s", async (query) =>
      expectProblem(await fetch(`${source.url}/preview?${query}`), 422, /^(count|after|seed): found/),
    );

    test("every method that a route does not have, and says in Allow which it has", async () => {
      const { paths } = await getJson<{ paths: Record<string, object> }>(`${source.url}/docs/json`);
      expect(Object.keys(paths).length).toBeGreaterThan(8);
      for (const [path, operations] of Object.entries(paths)) {
        const known = Object.keys(operations).map((method) => method.toUpperCase());
        for (const method of METHODS.filter((name) => !known.includes(name))) {
          const answer = await fetch(source.url + path, { method });
          expect([path, method, answer.headers.get("allow")]).toEqual([path, method, known.sort().join(", ")]);
          await expectProblem(answer, 405, new RegExp(`found ${method}, accepted are ${known.join(", ")}`));
        }
      }
      expect(await state()).toEqual(before);
    });

    test("and says all its kinds of faults where one is unknown", async () => {
      const { paths } = await getJson<{ paths: Record<string, object> }>(`${source.url}/docs/json`);
      for (const kind of FAULT_KINDS) expect(JSON.stringify(paths["/faults"])).toContain(`"${kind}"`);
    });
  });
}
