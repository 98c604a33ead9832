import { REASONS } from "#contract/reasons.ts";
import { SOURCES } from "#contract/sources.ts";
import { IncomingTransactionSchema, TransactionSchema } from "#contract/transaction-schema.ts";

/** A document as it is written to a file. */
export type Published = Readonly<Record<string, unknown>>;

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const idOf = (name: string): string => `urn:transactions-pipeline:schema:${name}`;
/** What `contract/timestamp.ts` takes, but for days that do not exist. */
const TIMESTAMP = "^\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})?$";

const decimal = object({ $numberDecimal: { type: "string" } });
const date = object({ $date: { type: "string", format: "date-time" } });
const count = { type: "integer", minimum: 0 };

/** JSON Schema 2020-12 of what travels and of what is stored, by file name. */
export function jsonSchemas(): Readonly<Record<string, Published>> {
  return {
    "transaction.schema.json": schema("transaction", portable(TransactionSchema)),
    "incoming-transaction.schema.json": schema("incoming-transaction", portable(IncomingTransactionSchema)),
    "stored-transaction.schema.json": schema("stored-transaction", storedTransaction()),
    "dead-letter.schema.json": schema("dead-letter", deadLetter()),
  };
}

/** The same without our own formats and words, for readers that know only the standard's. */
export function portable(value: unknown): Published {
  return JSON.parse(JSON.stringify(value), (name, item: unknown) => {
    if (name.startsWith("x-") || name === "$id") return undefined;
    if (!isObject(item) || item["format"] !== "timestamp") return item;
    const { format, ...rest } = item;
    return { ...rest, pattern: TIMESTAMP };
  }) as Published;
}

function storedTransaction(): Published {
  const { properties, required, ...rest } = portable(TransactionSchema) as Record<string, Published>;
  const products = properties?.["product_details"] as Record<string, Published>;
  const product = products["items"] as Record<string, Published>;
  return {
    ...rest,
    description: "A document of the collection transactions, as relaxed Extended JSON; unknown fields are kept.",
    required: [...(required as unknown as string[]), "_id", "ingest"],
    properties: {
      _id: { type: "string", description: "the transaction_id" },
      ...properties,
      timestamp: date,
      total_amount: decimal,
      product_details: { ...products, items: { ...product, properties: { ...product["properties"], price: decimal } } },
      ingest: object({
        source: { enum: SOURCES.map(({ id }) => id) },
        topic: { type: "string" },
        partition: count,
        offset: count,
        produced_at: date,
        stored_at: date,
      }),
    },
  };
}

function deadLetter(): Published {
  const bytes = object({ $binary: object({ base64: { type: "string" }, subType: { type: "string" } }) });
  const maybe = (one: object): Published => ({ anyOf: [one, { type: "null" }] });
  return {
    description: "A document of the collection dead_letters, as relaxed Extended JSON.",
    ...object({
      _id: { type: "string", description: "topic/partition/offset" },
      topic: { type: "string" },
      partition: count,
      offset: count,
      key: maybe(bytes),
      value: maybe(bytes),
      value_size: count,
      headers: {
        type: "object",
        additionalProperties: { anyOf: [bytes, { type: "array", items: bytes }, { type: "null" }] },
      },
      produced_at: date,
      reason: { enum: Object.keys(REASONS) },
      detail: { type: "string" },
      dead_lettered_at: date,
      replayed_at: maybe(date),
    }),
  };
}

function schema(name: string, content: Published): Published {
  return { $schema: DIALECT, $id: idOf(name), ...content };
}

function object(properties: Readonly<Record<string, unknown>>): Published {
  return { type: "object", required: Object.keys(properties), properties };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
