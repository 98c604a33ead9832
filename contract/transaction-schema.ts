import { FormatRegistry, Kind, type TSchema, Type, TypeRegistry } from "@sinclair/typebox";
import { TypeCompiler, type ValueError } from "@sinclair/typebox/compiler";
import type { Fault } from "./reasons.ts";
import { timestampToMs } from "./timestamp.ts";
import { CURRENCIES, type IncomingTransaction, PAYMENT_METHODS, STATUSES } from "./transaction.ts";

/** Names that the stored document needs for itself; a transaction that brings one is not stored over it. */
const RESERVED = ["_id", "ingest"] as const;
/** MongoDB takes 100 levels; `ingest` and the arrays around a value need a few of them. */
const DEEPEST_LEVEL = 90;

FormatRegistry.Set("timestamp", (text) => !Number.isNaN(timestampToMs(text)));

// A kind of our own: TypeBox checks a list of literals as a union, which OpenAPI readers show far less clearly than `enum`.
TypeRegistry.Set("StringEnum", (schema: { enum: readonly unknown[] }, value) => schema.enum.includes(value));

const oneOf = (values: readonly string[], description: string): TSchema =>
  Type.Unsafe<string>({ [Kind]: "StringEnum", type: "string", enum: [...values], description });
const text = (description: string, options: object = {}): TSchema => Type.String({ description, ...options });
const number = (description: string): TSchema => Type.Number({ minimum: 0, description });
const decimal = (description: string): TSchema =>
  Type.Union(
    [
      Type.Number({ minimum: 0 }),
      Type.String({ pattern: "^[0-9]{1,17}(\\.[0-9]{1,17})?$", description: "a decimal string" }),
    ],
    { description, "x-accepted": "a number or a decimal string, 0 or more" },
  );

function schemaOf(amount: (description: string) => TSchema, $id: string): TSchema {
  return Type.Object(
    {
      transaction_id: text("`TXN-` and a UUID; the message key and the document's `_id`", {
        minLength: 1,
        maxLength: 1024,
      }),
      timestamp: text("RFC 3339; a value without zone is UTC", { format: "timestamp" }),
      customer_id: Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "1000 to 9999 from Faker",
      }),
      product_details: Type.Array(
        Type.Object({
          product_id: text("`PROD-100` to `PROD-999` from Faker", { minLength: 1 }),
          product_name: text("for people"),
          quantity: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "1 to 5 from Faker" }),
          price: amount("per piece; 10 to 500 with 2 decimals from Faker"),
        }),
        { minItems: 1, description: "one or more" },
      ),
      total_amount: amount("sum of quantity × price, 2 decimals"),
      currency: oneOf(CURRENCIES, "the currency of every amount"),
      payment_method: oneOf(PAYMENT_METHODS, "how it was paid"),
      shipping_address: Type.Object(
        {
          street: text("street and number"),
          city: text("city"),
          state: text("state; two letters from Faker"),
          zip_code: text("postal code"),
          country: text("`USA` from Faker"),
        },
        { description: "where the order goes" },
      ),
      status: oneOf(STATUSES, "state of the order"),
    },
    { $id, description: "An e-commerce transaction; unknown fields are kept." },
  );
}

/** What our sources write and document: amounts are numbers. */
export const TransactionSchema: TSchema = schemaOf(number, "transaction");
/** What the consumer accepts: amounts may also be decimal strings. */
export const IncomingTransactionSchema: TSchema = schemaOf(decimal, "incoming-transaction");

/** A transaction, or what is wrong with it. */
export type Parsed =
  | { readonly ok: true; readonly transaction: IncomingTransaction }
  | { readonly ok: false; readonly fault: Fault };

const incoming = TypeCompiler.Compile(IncomingTransactionSchema);
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Bytes in, transaction or a named fault out; total: whatever the bytes are, it never throws.
 *
 * @param bytes - a Kafka record's value; `null` is a tombstone
 */
export function parseTransaction(bytes: Uint8Array | null): Parsed {
  if (bytes === null) return fault("empty", "the record has no value (a tombstone)");
  if (bytes.length === 0) return fault("empty", "the value has 0 bytes");
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    return fault("not-json", error instanceof Error ? error.message : String(error));
  }
  return checkTransaction(value);
}

/**
 * The same check for a value that is no longer bytes (a request's body, an API's answer).
 *
 * @param value - anything that `JSON.parse` can give
 */
export function checkTransaction(value: unknown): Parsed {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fault("not-an-object", `found ${show(value)}, accepted is a JSON object`);
  }
  if (!incoming.Check(value)) {
    const first = incoming.Errors(value).First();
    return fault("invalid-transaction", first ? explain(first) : "not a transaction");
  }
  for (const name of RESERVED) {
    if (Object.hasOwn(value, name)) return fault("invalid-transaction", `${name}: the name is reserved for the store`);
  }
  const odd = oddPlace(value, 0);
  if (odd) return fault("invalid-transaction", odd);
  return { ok: true, transaction: value as IncomingTransaction };
}

function fault(reason: Fault["reason"], detail: string): Parsed {
  return { ok: false, fault: { reason, detail } };
}

/** What BSON can't hold although JSON can: a NUL in a field's name, too many levels. */
function oddPlace(value: unknown, level: number): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (level > DEEPEST_LEVEL) return `nested deeper than ${DEEPEST_LEVEL} levels`;
  if (Array.isArray(value)) {
    for (const item of value) {
      const odd = typeof item === "object" ? oddPlace(item, level + 1) : undefined;
      if (odd) return odd;
    }
    return undefined;
  }
  for (const name in value) {
    if (name.includes("\0")) return `${JSON.stringify(name)}: a field's name can't hold U+0000`;
    const item = (value as Record<string, unknown>)[name];
    const odd = typeof item === "object" ? oddPlace(item, level + 1) : undefined;
    if (odd) return odd;
  }
  return undefined;
}

function explain(error: ValueError): string {
  const field = error.path.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
  const found = error.value === undefined ? "nothing" : show(error.value);
  return `${field || "the value"}: found ${found}, accepted is ${accepted(error.schema)}`;
}

function accepted(schema: TSchema): string {
  const {
    type,
    enum: values,
    minimum,
    maximum,
    minLength,
    maxLength,
    minItems,
    format,
    "x-accepted": said,
  } = schema as Record<string, unknown>;
  if (typeof said === "string") return said;
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(", ");
  if (format === "timestamp") return "an RFC 3339 time such as 2026-01-31T12:00:00Z";
  if (type === "string")
    return minLength ? `a text of ${minLength} to ${maxLength ?? "any number of"} characters` : "a text";
  if (type === "array") return minItems ? `a list of ${minItems} or more` : "a list";
  if (type === "number" || type === "integer") {
    const kind = type === "integer" ? "a whole number" : "a number";
    return minimum === undefined
      ? kind
      : `${kind}, ${minimum} ${maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "or more" : `to ${maximum}`}`;
  }
  return type === "object" ? "an object" : "something else";
}

function show(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}
