import { expect, test } from "bun:test";
import fc from "fast-check";
import { BSON, Decimal128, Long } from "mongodb";
import { timestampToMs } from "#contract/timestamp.ts";
import type { Amount, IncomingTransaction } from "#contract/transaction.ts";
import { BsonWriter } from "./bson-writer.ts";
import { decimalText } from "./decimal128.ts";
import type { ConsumedRecord } from "./record.ts";
import { writeStoredDocument } from "./stored-document.ts";

const record: ConsumedRecord = {
  topic: "t",
  partition: 2,
  offset: 5_000_000_123,
  key: null,
  value: null,
  headers: {},
  producedAtMs: 1_769_860_800_123,
};
const STORED_AT = 1_769_860_800_456;

function ours(transaction: IncomingTransaction): Uint8Array {
  const writer = new BsonWriter();
  writeStoredDocument(writer, transaction, record, "faker", STORED_AT);
  return writer.bytesFrom(0);
}

/** The same document through the driver's own classes and serializer. */
function drivers(transaction: IncomingTransaction): Uint8Array {
  const amount = (value: Amount): Decimal128 => Decimal128.fromString(decimalText(value));
  const fields = Object.entries({
    ...transaction,
    timestamp: new Date(timestampToMs(transaction.timestamp)),
    total_amount: amount(transaction.total_amount),
    product_details: transaction.product_details.map((product) => ({ ...product, price: amount(product.price) })),
    ingest: {
      source: "faker",
      topic: record.topic,
      partition: record.partition,
      offset: Long.fromNumber(record.offset),
      produced_at: new Date(record.producedAtMs),
      stored_at: new Date(STORED_AT),
    },
  });
  // A Map, since an object would put a field named "0" before `_id`.
  return BSON.serialize(new Map<string, unknown>([["_id", transaction.transaction_id], ...fields]));
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme-ascii" }),
  fc.constant("\ud800x"),
);
const amount = fc.oneof(
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 1_000_000 }).map((cents) => cents / 100),
  fc.stringMatching(/^[0-9]{1,17}(\.[0-9]{1,17})?$/),
);
/** No names that the parser refuses, nor any that has a meaning for objects in JavaScript rather than in BSON. */
const extra = fc
  .dictionary(
    text.filter((name) => name !== "_id"),
    fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    { maxKeys: 4 },
  )
  .filter((fields) => !/\\u0000|__proto__/.test(JSON.stringify(fields)));
const transactions: fc.Arbitrary<IncomingTransaction> = fc
  .record({
    transaction_id: text.filter((id) => id !== ""),
    timestamp: fc
      .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString()),
    customer_id: fc.integer({ min: 0 }),
    product_details: fc.array(
      fc.record({ product_id: text, product_name: text, quantity: fc.integer({ min: 1 }), price: amount }),
      { minLength: 1, maxLength: 12 },
    ),
    total_amount: amount,
    currency: fc.constant("USD" as const),
    payment_method: fc.constant("PayPal" as const),
    shipping_address: fc.record({ street: text, city: text, state: text, zip_code: text, country: text }),
    status: fc.constant("Shipped" as const),
  })
  .chain((transaction) => extra.map((more) => ({ ...more, ...transaction })));

test("a stored document has the same bytes as the driver's own serializer gives", () => {
  fc.assert(
    fc.property(transactions, (transaction) => {
      expect(Buffer.from(ours(transaction)).equals(Buffer.from(drivers(transaction)))).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test("a document larger than the first buffer is whole", () => {
  const [sample] = fc.sample(transactions, 1);
  if (sample === undefined) throw new Error("no sample");
  const large = { ...sample, note: "é".repeat(3_000_000) };
  expect(Buffer.from(ours(large)).equals(Buffer.from(drivers(large)))).toBe(true);
});
