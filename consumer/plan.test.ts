import { expect, test } from "bun:test";
import { Decimal128 } from "mongodb";
import type { StoredTransaction } from "#contract/storage.ts";
import type { IncomingTransaction } from "#contract/transaction.ts";
import type { DecodedChunk, DecodedTransaction } from "./decode.ts";
import { moveOf, planOf, writtenOf } from "./plan.ts";

function decoded(offset: number, id: string, city = "Austin"): DecodedTransaction {
  const transaction: IncomingTransaction = {
    transaction_id: id,
    timestamp: "2026-01-31T12:00:00Z",
    customer_id: 1000,
    product_details: [{ product_id: "PROD-100", product_name: "Chair", quantity: 1, price: "12.50" }],
    total_amount: 12.5,
    currency: "USD",
    payment_method: "PayPal",
    shipping_address: { street: "Main St 1", city, state: "TX", zip_code: "73301", country: "USA" },
    status: "Shipped",
  };
  const place = { topic: "t", partition: 0, offset };
  return { id, transaction, record: { ...place, key: null, value: null, headers: {}, producedAtMs: 0 } };
}

function chunkOf(...transactions: DecodedTransaction[]): DecodedChunk {
  const place = { topic: "t", partition: 0, source: "faker", fromOffset: 0, nextOffset: transactions.length } as const;
  return { ...place, recordCount: transactions.length, transactions, faulty: [] };
}

function storedFrom(
  { id, transaction }: DecodedTransaction,
  offset: number,
  partition = 0,
): [string, StoredTransaction] {
  const timestamp = new Date(transaction.timestamp);
  const ingest = { source: "faker", topic: "t", partition, offset, produced_at: timestamp, stored_at: timestamp };
  const decimal = (amount: string | number): Decimal128 => Decimal128.fromString(String(amount));
  const product_details = transaction.product_details.map((one) => ({ ...one, price: decimal(one.price) }));
  const total_amount = decimal(transaction.total_amount);
  return [id, { ...transaction, _id: id, timestamp, ingest, product_details, total_amount } as StoredTransaction];
}

const nothing = () => ({ stored: new Map(), refused: new Map() });

test("of one id in a chunk the first counts, equal ones are duplicates, others conflicts", () => {
  const plan = planOf(chunkOf(decoded(0, "a"), decoded(1, "a"), decoded(2, "a", "Boston"), decoded(3, "b")), nothing());
  expect(plan.fresh.map(({ record }) => record.offset)).toEqual([0, 3]);
  expect(plan.duplicates).toBe(1);
  expect(plan.faulty.map(({ record, fault }) => [record.offset, fault.reason])).toEqual([[2, "conflict"]]);
});

test("when the first of an id is refused, the next one is stored in its place", () => {
  const [first, second] = [decoded(0, "a"), decoded(1, "a", "Boston")];
  const refused = new Map([[first.record, { reason: "too-large", detail: "17 MiB" } as const]]);
  const plan = planOf(chunkOf(first, second), { stored: new Map(), refused });
  expect(plan.fresh).toEqual([second]);
  expect(plan.faulty).toEqual([{ record: first.record, fault: { reason: "too-large", detail: "17 MiB" } }]);
});

test("what is stored already counts, not what else is in the chunk; the very same offset is no duplicate", () => {
  const [same, again, other] = [decoded(5, "a"), decoded(6, "a"), decoded(7, "a", "Boston")];
  const stored = new Map([storedFrom(decoded(5, "a"), 5)]);
  const plan = planOf(chunkOf(same, again, other), { stored, refused: new Map() });
  expect(plan.fresh).toEqual([]);
  expect([plan.kept, plan.duplicates]).toEqual([1, 1]);
  expect(plan.faulty.map(({ record, fault }) => [record.offset, fault.reason])).toEqual([[7, "conflict"]]);
});

test("the same offset of another partition is another record", () => {
  const stored = new Map([storedFrom(decoded(5, "a"), 5, 1)]);
  const plan = planOf(chunkOf(decoded(5, "a")), { stored, refused: new Map() });
  expect([plan.kept, plan.duplicates]).toEqual([0, 1]);
});

test("the ledger moves over each offset once, whatever became of it, and each letter's reason is told", () => {
  const letter = (offset: number) =>
    ({ record: decoded(offset, "-").record, fault: { reason: "not-json", detail: "" } }) as const;
  const transactions = [decoded(10, "new"), decoded(11, "new"), decoded(12, "kept"), decoded(13, "new", "Boston")];
  const chunk: DecodedChunk = {
    ...chunkOf(...transactions),
    ...{ fromOffset: 10, nextOffset: 20, recordCount: 6, faulty: [letter(14), letter(15)] },
  };
  const plan = planOf(chunk, { stored: new Map([storedFrom(decoded(12, "kept"), 12)]), refused: new Map() });
  const move = moveOf(chunk, plan);
  expect(move).toEqual({ nextOffset: 20, stored: 2, duplicates: 1, deadLettered: 3, absent: 4 });
  const counts = { stored: 2, duplicates: 1, deadLettered: 3 };
  expect(writtenOf(move, plan)).toEqual({ kind: "written", ...counts, reasons: { "not-json": 2, conflict: 1 } });
});
