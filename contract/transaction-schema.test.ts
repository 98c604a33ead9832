import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Transaction } from "./transaction.ts";
import { parseTransaction } from "./transaction-schema.ts";

const good: Transaction = {
  transaction_id: "TXN-8b7e4f0c-3c5e-4a7e-9a53-0f4b1c9f7e11",
  timestamp: "2026-01-31T12:00:00.123Z",
  customer_id: 4711,
  product_details: [{ product_id: "PROD-100", product_name: "Oak Chair", quantity: 2, price: 12.5 }],
  total_amount: 25,
  currency: "USD",
  payment_method: "PayPal",
  shipping_address: { street: "1 Main St", city: "Reno", state: "NV", zip_code: "89501", country: "USA" },
  status: "Shipped",
};
const product = good.product_details[0];
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

test("a transaction is accepted with unknown fields kept", () => {
  const parsed = parseTransaction(bytes({ ...good, coupon: { code: "X" } }));
  expect(parsed).toEqual({ ok: true, transaction: { ...good, coupon: { code: "X" } } as never });
});

test("amounts as decimal strings and a time without zone are accepted as other programs write them", () => {
  const raw = {
    ...good,
    timestamp: "2026-01-31 12:00:00.123456",
    total_amount: "99.90",
    product_details: [{ ...product, price: "12.50" }],
  };
  expect(parseTransaction(bytes(raw)).ok).toBe(true);
});

test("values outside the ranges that Faker draws from are accepted", () => {
  const large = { ...good, customer_id: 12, product_details: [{ ...product, quantity: 600, price: 9999.999 }] };
  expect(parseTransaction(bytes(large)).ok).toBe(true);
});

test.each([
  ["a missing field", { ...good, status: undefined }, /^status: found nothing, accepted is "Processing"/],
  ["an unknown word", { ...good, payment_method: "Cash" }, /^payment_method: found "Cash", accepted is "Credit Card"/],
  ["another currency", { ...good, currency: "EUR" }, /^currency: found "EUR"/],
  [
    "a negative amount",
    { ...good, total_amount: -1 },
    /^total_amount: found -1, accepted is a number or a decimal string/,
  ],
  [
    "a negative decimal string",
    { ...good, product_details: [{ ...product, price: "-1" }] },
    /^product_details\.0\.price: found "-1"/,
  ],
  ["an amount in words", { ...good, total_amount: "many" }, /^total_amount: found "many"/],
  ["no product", { ...good, product_details: [] }, /^product_details: found \[\], accepted is a list of 1 or more/],
  [
    "half a piece",
    { ...good, product_details: [{ ...product, quantity: 0.5 }] },
    /^product_details\.0\.quantity: found 0.5, accepted is a whole number/,
  ],
  [
    "a day that does not exist",
    { ...good, timestamp: "2026-02-30T00:00:00Z" },
    /^timestamp: found "2026-02-30T00:00:00Z", accepted is an RFC 3339 time/,
  ],
  ["no address", { ...good, shipping_address: null }, /^shipping_address: found null, accepted is an object/],
  ["an empty id", { ...good, transaction_id: "" }, /^transaction_id: found "", accepted is a text of 1/],
  ["a reserved name", { ...good, ingest: {} }, /^ingest: the name is reserved/],
  ["a NUL in a field's name", { ...good, "a\0b": 1 }, /can't hold U\+0000/],
  ["endless nesting", { ...good, deep: JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`) }, /^nested deeper than/],
] as const)("%s is named with what was found and what is accepted", (_, value, detail) => {
  const parsed = parseTransaction(bytes(value));
  expect(parsed.ok).toBe(false);
  if (parsed.ok) return;
  expect(parsed.fault.reason).toBe("invalid-transaction");
  expect(parsed.fault.detail).toMatch(detail);
});

test.each([
  ["no value", null, "empty"],
  ["no bytes", new Uint8Array(), "empty"],
  ["bytes that are no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "not-json"],
  ["JSON that was cut off", bytes(JSON.stringify(good).slice(0, 80)), "not-json"],
  ["a list", bytes([good]), "not-an-object"],
  ["a number", bytes("7"), "not-an-object"],
  ["null", bytes("null"), "not-an-object"],
] as const)("%s has its own reason", (_, value, reason) => {
  const parsed = parseTransaction(value);
  expect(parsed.ok ? "accepted" : parsed.fault.reason).toBe(reason);
});

test("parsing is total: no bytes make it throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (value) => {
      const parsed = parseTransaction(value);
      expect(parsed.ok || parsed.fault.detail.length > 0).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("parsing is total: no JSON in place of any field makes it throw", () => {
  const names = [...Object.keys(good), "extra", "__proto__", "_id", "$set", "a.b"];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
      const text = JSON.stringify(good).slice(0, -1);
      const parsed = parseTransaction(bytes(`${text},${JSON.stringify(name)}:${JSON.stringify(value)}}`));
      expect(parsed.ok || parsed.fault.detail.length > 0).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test("nesting beyond any stack is a fault, not a crash", () => {
  const parsed = parseTransaction(bytes(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`));
  expect(parsed.ok).toBe(false);
});
