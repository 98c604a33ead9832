import { describe, expect, test } from "bun:test";
import { faker } from "@faker-js/faker/locale/en";
import type { Transaction } from "#contract/transaction.ts";
import { checkTransaction } from "#contract/transaction-schema.ts";
import { Catalogue } from "./catalogue.ts";
import { Generator } from "./generator.ts";

const NOW = "2026-01-31T12:00:00.000Z";
const generatorOf = (seed: number): Generator => new Generator(seed, new Catalogue(seed, faker));
const jsonOf = (generator: Generator, index: number): string => generator.make(index, NOW).json;
const many = ((): Transaction[] => {
  const generator = generatorOf(7);
  return Array.from({ length: 20_000 }, (_, index) => JSON.parse(jsonOf(generator, index)) as Transaction);
})();

describe("the same seed gives the same transactions", () => {
  test("byte for byte, ids included, in whatever order they are asked for", () => {
    const forwards = generatorOf(42);
    const backwards = generatorOf(42);
    const first = Array.from({ length: 2_000 }, (_, index) => jsonOf(forwards, index));
    const second = Array.from({ length: 2_000 }, (_, index) => jsonOf(backwards, 1_999 - index)).reverse();
    expect(second).toEqual(first);
  });

  test("also while another seed's are made in between", () => {
    const [one, other, alone] = [generatorOf(1), generatorOf(2), generatorOf(1)];
    for (let index = 0; index < 500; index++) {
      jsonOf(other, index);
      expect(jsonOf(one, index)).toBe(jsonOf(alone, index));
    }
  });

  test("for ever: a change of what a seed makes must be meant", () => {
    const { id, json } = generatorOf(42).make(0, NOW);
    expect(id).toBe("TXN-e4fd0000-0000-4000-8043-3dbcce0affce");
    expect(Bun.hash.crc32(json).toString(16)).toMatchInlineSnapshot(`"151e72e0"`);
  });

  test("and another seed gives others, up to the largest", () => {
    const ids = [0, 1, 42, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].map(
      (seed) => generatorOf(seed).make(0, NOW).id,
    );
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("the millionth transaction and the one past 2^32 are as good as the first", () => {
  const generator = generatorOf(3);
  for (const index of [1_000_000, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
    expect(checkTransaction(JSON.parse(jsonOf(generator, index))).ok).toBe(true);
  }
});

test("every transaction is one, and inside the ranges of the table", () => {
  for (const transaction of many) {
    const checked = checkTransaction(transaction);
    expect(checked.ok ? "" : checked.fault.detail).toBe("");
    expect(transaction.transaction_id).toMatch(
      /^TXN-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(transaction.customer_id).toBeGreaterThanOrEqual(1_000);
    expect(transaction.customer_id).toBeLessThanOrEqual(9_999);
    for (const { product_id, quantity, price } of transaction.product_details) {
      expect(product_id).toMatch(/^PROD-[1-9]\d\d$/);
      expect(quantity).toBeGreaterThanOrEqual(1);
      expect(quantity).toBeLessThanOrEqual(5);
      expect(price).toBeGreaterThanOrEqual(10);
      expect(price).toBeLessThanOrEqual(500);
      expect(String(price)).toMatch(/^\d+(\.\d{1,2})?$/);
    }
    expect(transaction.shipping_address.country).toBe("USA");
  }
});

test("the total is the sum, to the cent", () => {
  for (const { product_details, total_amount } of many) {
    const cents = product_details.reduce((sum, { quantity, price }) => sum + quantity * Math.round(price * 100), 0);
    expect(total_amount).toBe(cents / 100);
    expect(String(total_amount)).toMatch(/^\d+(\.\d{1,2})?$/);
  }
});

test("no two transactions share their id, and no order has a product twice", () => {
  expect(new Set(many.map(({ transaction_id }) => transaction_id)).size).toBe(many.length);
  for (const { product_details } of many) {
    expect(new Set(product_details.map(({ product_id }) => product_id)).size).toBe(product_details.length);
  }
});

test("a product keeps its name and price, a customer the address", () => {
  const products = new Map<string, string>();
  const addresses = new Map<number, string>();
  for (const { customer_id, shipping_address, product_details } of many) {
    const address = JSON.stringify(shipping_address);
    expect(addresses.get(customer_id) ?? address).toBe(address);
    addresses.set(customer_id, address);
    for (const { product_id, product_name, price } of product_details) {
      const product = `${product_name} ${price}`;
      expect(products.get(product_id) ?? product).toBe(product);
      products.set(product_id, product);
    }
  }
  expect(addresses.size).toBeLessThan(many.length / 2);
});

test("popular products follow a long tail: the first tenth sells more than a third, and most others sell too", () => {
  const sold = new Map<string, number>();
  for (const { product_details } of many) {
    for (const { product_id } of product_details) sold.set(product_id, (sold.get(product_id) ?? 0) + 1);
  }
  const counts = [...sold.values()].sort((one, other) => other - one);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const head = counts.slice(0, 90).reduce((sum, count) => sum + count, 0);
  expect(head / total).toBeGreaterThan(0.34);
  expect(head / total).toBeLessThan(0.7);
  expect(counts.length).toBeGreaterThan(850);
});

test("statuses and payments have plausible shares, none is missing", () => {
  const share = (of: (transaction: Transaction) => boolean): number => many.filter(of).length / many.length;
  expect(share(({ status }) => status === "Delivered")).toBeCloseTo(0.49, 1);
  expect(share(({ status }) => status === "Cancelled")).toBeCloseTo(0.06, 1);
  expect(share(({ status }) => status === "Cancelled")).toBeGreaterThan(0.04);
  expect(share(({ payment_method }) => payment_method === "Credit Card")).toBeCloseTo(0.54, 1);
  expect(share(({ payment_method }) => payment_method === "Debit Card")).toBeGreaterThan(0.15);
});
