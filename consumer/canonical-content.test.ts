import { expect, test } from "bun:test";
import { BSON } from "mongodb";
import type { IncomingTransaction } from "#contract/transaction.ts";
import { BsonWriter } from "./bson-writer.ts";
import { contentOf, contentOfStored } from "./canonical-content.ts";
import { writeStoredDocument } from "./stored-document.ts";

const transaction: IncomingTransaction = {
  transaction_id: "TXN-1",
  timestamp: "2026-01-31T12:00:00Z",
  customer_id: 4711,
  product_details: [{ product_id: "PROD-100", product_name: "Oak \ud800 Chair", quantity: 2, price: 12.5 }],
  total_amount: 25,
  currency: "USD",
  payment_method: "PayPal",
  shipping_address: { street: "1 Main St", city: "Reno", state: "NV", zip_code: "89501", country: "USA" },
  status: "Shipped",
};
const [product] = transaction.product_details;

test("the same content written in another way is the same", () => {
  const { status, ...rest } = transaction;
  const other = {
    status,
    ...rest,
    timestamp: "2026-01-31 14:00:00.000+02:00",
    total_amount: "25.00",
    product_details: [{ ...product, price: "12.50" }],
  } as IncomingTransaction;
  expect(contentOf(other)).toBe(contentOf(transaction));
});

test.each([
  { total_amount: 25.01 },
  { total_amount: "250" },
  { timestamp: "2026-01-31T12:00:01Z" },
  { status: "Delivered" },
  { coupon: "X" },
  { product_details: [product, product] },
])("other content is not: %p", (change) => {
  expect(contentOf({ ...transaction, ...change } as IncomingTransaction)).not.toBe(contentOf(transaction));
});

test("what comes back from the store is the same as what went in", () => {
  for (const total of [25, 0, 0.1, 1e21, 1e-7, "00.50", "123456789012345.678"]) {
    const sent = {
      ...transaction,
      total_amount: total,
      extra: { big: 9_007_199_254_740_991, none: null, list: [1.5, "é"] },
    };
    const writer = new BsonWriter();
    const place = { topic: "t", partition: 0, offset: 1, key: null, value: null, headers: {}, producedAtMs: 0 };
    writeStoredDocument(writer, sent, place, "faker", 0);
    expect(contentOfStored(BSON.deserialize(writer.bytesFrom(0)))).toBe(contentOf(sent));
  }
});
