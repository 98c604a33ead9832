import { expect, test } from "bun:test";
import { normalise } from "./normalise.ts";

const raw = {
  transaction_id: "TXN-1",
  timestamp: "2026-01-31T12:00:00",
  customer_id: 4711,
  product_details: [
    { product_id: "PROD-1", product_name: "Chair", quantity: 2, price: "12.50" },
    { product_id: "PROD-2", product_name: "Table", quantity: 1, price: "0.07" },
  ],
  total_amount: "99.90",
  currency: "USD" as const,
  payment_method: "PayPal" as const,
  shipping_address: { street: "1 Main St", city: "Reno", state: "Nevada", zip_code: "89501", country: "USA" },
  status: "Shipped" as const,
  coupon: { code: "X" },
};

test("decimal strings become numbers, a time without zone is UTC, all else stays as it came", () => {
  expect<unknown>(normalise(raw)).toEqual({
    ...raw,
    timestamp: "2026-01-31T12:00:00.000Z",
    product_details: [
      { ...raw.product_details[0], price: 12.5 },
      { ...raw.product_details[1], price: 0.07 },
    ],
    total_amount: 99.9,
  });
});

test("the total stays the one that was given although it is not the sum", () => {
  expect(normalise({ ...raw, total_amount: "1.00" }).total_amount).toBe(1);
});

test.each([
  ["12.346", 12.35],
  ["0.1", 0.1],
  ["1234567.89", 1_234_567.89],
  [19.99, 19.99],
  // Too large to have cents that a number could hold.
  [1e307, 1e307],
])("the amount %p is %p", (amount, expected) => {
  expect(normalise({ ...raw, total_amount: amount }).total_amount).toBe(expected);
});

test("a time with a zone keeps its instant", () => {
  expect(normalise({ ...raw, timestamp: "2026-01-31T14:00:00.5+02:00" }).timestamp).toBe("2026-01-31T12:00:00.500Z");
});
