import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { BSON } from "mongodb";
import { PUBLISHED, publishedDocuments, textOf } from "../publish/documents.ts";
import { runProgram } from "../stack/run-program.ts";
import { send } from "./harness/consumed.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import { until } from "./harness/until.ts";
import { validatorsFolder } from "./harness/validators.ts";

type Validate = ((value: unknown) => boolean) & { readonly errors?: unknown };

const published = (name: string): Promise<unknown> => Bun.file(join(PUBLISHED, name)).json();
const files = (suffix: string): string[] => readdirSync(PUBLISHED).filter((name) => name.endsWith(suffix));

async function validatorOf(name: string): Promise<Validate> {
  const folder = await validatorsFolder();
  const { Ajv2020 } = await import(join(folder, "node_modules/ajv/dist/2020.js"));
  const addFormats = await import(join(folder, "node_modules/ajv-formats/dist/index.js"));
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(await published(name));
}

test("every published contract is what the code says now (bun run contracts writes them)", async () => {
  const documents = await publishedDocuments();
  expect(readdirSync(PUBLISHED).sort()).toEqual(Object.keys(documents).sort());
  for (const [name, document] of Object.entries(documents)) {
    expect(await Bun.file(join(PUBLISHED, name)).text(), name).toBe(textOf(document));
  }
}, 120_000);

test("the AsyncAPI document is valid to AsyncAPI's own parser", async () => {
  const folder = await validatorsFolder();
  const { Parser } = await import(join(folder, "node_modules/@asyncapi/parser/cjs/index.js"));
  const { diagnostics } = await new Parser().parse(JSON.stringify(await published("pipeline.asyncapi.json")));
  const errors = (diagnostics as { severity: number; message: string; path: string[] }[]).filter(
    ({ severity }) => severity === 0,
  );
  expect(errors.map(({ message, path }) => `${path.join(".")}: ${message}`)).toEqual([]);
}, 120_000);

test("each service's OpenAPI document is valid to Redocly", async () => {
  const folder = await validatorsFolder();
  const names = files(".openapi.json");
  expect(names.length).toBe(4);
  const cli = join(folder, "node_modules/@redocly/cli/bin/cli.js");
  const found = await runProgram(
    ["node", cli, "lint", "--extends=spec", "--format=stylish", ...names.map((name) => join(PUBLISHED, name))],
    { cwd: folder, env: { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" } },
  );
  expect(found?.output).toContain("valid");
  expect(found?.exitCode, found?.output ?? "").toBe(0);
}, 120_000);

describe("what is really there is as the schemas say", () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await createPipeline();
    const producer = await pipeline.start("producer", { RATE: "100" });
    await pipeline.start("producer-mockoon", { RATE: "10" });
    await pipeline.start("consumer");
    await send(pipeline.env["KAFKA_BROKER"] ?? "", pipeline.topics.faker, [
      { key: null, value: "{" },
      { key: "k", value: null, headers: { a: "1", b: ["2", "3"] } },
    ]);
    await until("100 documents", async () => (await pipeline.db.collection("transactions").countDocuments()) > 100);
    await until("2 letters", async () => (await pipeline.db.collection("dead_letters").countDocuments()) === 2);
    await until("Mockoon's", async () =>
      pipeline.db.collection("transactions").findOne({ "ingest.source": "mockoon" }),
    );
    await producer.stop();
  }, 90_000);
  afterAll(async () => {
    await pipeline?.[Symbol.asyncDispose]();
  }, 60_000);

  test.each([
    ["transactions", "stored-transaction.schema.json"],
    ["dead_letters", "dead-letter.schema.json"],
  ])("documents in %s", async (collection, schema) => {
    const validate = await validatorOf(schema);
    const documents = await pipeline.db.collection(collection).find().toArray();
    expect(documents.length).toBeGreaterThan(1);
    for (const document of documents) {
      const json = JSON.parse(BSON.EJSON.stringify(document, { relaxed: true })) as Record<string, unknown>;
      expect({ valid: validate(json), errors: validate.errors }).toEqual({ valid: true, errors: null });
      // The schema asks for something.
      expect(validate({ ...json, _id: 7 })).toBe(false);
    }
  });

  test("transactions as they are sent, and other programs' with amounts as text", async () => {
    const [strict, lenient] = await Promise.all(
      ["transaction.schema.json", "incoming-transaction.schema.json"].map(validatorOf),
    );
    const { transaction } = (await (
      await fetch(`${(await pipeline.start("producer")).url}/transactions`, { method: "POST" })
    ).json()) as { transaction: Record<string, unknown> };
    const asText = { ...transaction, total_amount: "12.50", timestamp: "2026-01-31 12:00:00" };
    expect([strict?.(transaction), lenient?.(transaction)]).toEqual([true, true]);
    expect([strict?.(asText), lenient?.(asText)]).toEqual([false, true]);
    expect(lenient?.({ ...transaction, timestamp: "yesterday" })).toBe(false);
    expect(lenient?.({ ...transaction, status: "Lost" })).toBe(false);
  });
});
