import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { FAULT_KINDS, type FaultKind, type FaultShares } from "#contract/reasons.ts";
import type { IncomingTransaction } from "#contract/transaction.ts";
import { parseTransaction } from "#contract/transaction-schema.ts";
import { expectedOf } from "./expected.ts";
import { FaultDraw, NO_FAULTS } from "./fault-draw.ts";
import { FaultyRecords } from "./faulty-records.ts";
import type { MadeTransaction, TransactionRecord } from "./transaction-record.ts";

const shares: FaultShares = { duplicate: 0.1, late: 0.1, malformed: 0.3, conflict: 0.1, oversize: 0 };

function made(index: number): MadeTransaction {
  const id = `TXN-${index}`;
  const json = JSON.stringify({
    transaction_id: id,
    timestamp: "2026-01-31T12:00:00.000Z",
    customer_id: 4711,
    product_details: [{ product_id: "PROD-100", product_name: "Oak Chair", quantity: 2, price: 12.5 }],
    total_amount: 25,
    currency: "USD",
    payment_method: "PayPal",
    shipping_address: { street: "1 Main St", city: "Reno", state: "NV", zip_code: "89501", country: "USA" },
    status: "Cancelled",
  } satisfies IncomingTransaction);
  return { id, json, index };
}

function recordsOf(faults: FaultyRecords, index: number): TransactionRecord[] {
  const records: TransactionRecord[] = [];
  faults.addTo(records, made(index));
  return records;
}

test("the same seed draws the same faults, another seed others", () => {
  const draw = (seed: number) => {
    const faults = new FaultDraw(seed);
    return Array.from({ length: 1_000 }, (_, index) => faults.at(index, shares));
  };
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});

test("each kind gets its share", () => {
  const { faults } = expectedOf(99, { ...shares, oversize: 0.05 }, 200_000);
  for (const kind of FAULT_KINDS) {
    const share = kind === "oversize" ? 0.05 : shares[kind];
    expect(Math.abs(faults[kind] / 200_000 - share)).toBeLessThan(0.003);
  }
});

test("without shares every transaction is one good record", () => {
  const faults = new FaultyRecords(1, NO_FAULTS);
  for (let index = 0; index < 1_000; index++) {
    expect(recordsOf(faults, index)).toEqual([
      { key: `TXN-${index}`, value: Buffer.from(made(index).json), fault: undefined, shown: true },
    ]);
  }
});

test("what a consumer must do with the records is what was predicted from the seed", () => {
  const count = 5_000;
  const faults = new FaultyRecords(42, shares);
  const found = { records: 0, stored: 0, duplicates: 0, deadLettered: 0 };
  const reasons: Record<string, number> = {};
  const kinds: Record<FaultKind, number> = { duplicate: 0, late: 0, malformed: 0, conflict: 0, oversize: 0 };
  const stored = new Map<string, string>();
  const park = (reason: string): void => {
    found.deadLettered++;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  };
  for (let index = 0; index < count; index++) {
    for (const { key, value, fault } of recordsOf(faults, index)) {
      found.records++;
      if (fault) kinds[fault]++;
      const parsed = parseTransaction(value);
      const content = JSON.stringify(parsed.ok && parsed.transaction);
      if (!parsed.ok) park(parsed.fault.reason);
      else if (stored.get(key) === content) found.duplicates++;
      else if (stored.has(key)) park("conflict");
      else {
        stored.set(key, content);
        found.stored++;
      }
    }
  }
  const expected = expectedOf(42, shares, count);
  expect({ ...found, reasons, faults: kinds }).toEqual({ ...expected });
  expect(Object.keys(reasons).sort()).toEqual([
    "conflict",
    "empty",
    "invalid-transaction",
    "not-an-object",
    "not-json",
  ]);
});

test("late is a good transaction from 1 to 15 minutes ago", () => {
  const faults = new FaultyRecords(1, { ...NO_FAULTS, late: 1 });
  for (let index = 0; index < 200; index++) {
    const [record] = recordsOf(faults, index);
    const parsed = parseTransaction(record?.value ?? null);
    if (!parsed.ok) throw new Error(parsed.fault.detail);
    const minutes = (Date.parse("2026-01-31T12:00:00Z") - Date.parse(parsed.transaction.timestamp)) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(1);
    expect(minutes).toBeLessThanOrEqual(15);
  }
});

test("oversize is a good transaction that is larger than MongoDB's 16 MiB, and compresses to less than Kafka's 1 MiB", () => {
  const [record] = recordsOf(new FaultyRecords(1, { ...NO_FAULTS, oversize: 1 }), 0);
  const value = record?.value ?? Buffer.alloc(0);
  expect(value.length).toBeGreaterThan(16 * 1024 * 1024);
  expect(gzipSync(value).length).toBeLessThan(100_000);
  expect(parseTransaction(value).ok).toBe(true);
  expect(expectedOf(1, { ...NO_FAULTS, oversize: 1 }, 3)).toMatchObject({ stored: 0, reasons: { "too-large": 3 } });
});

test("only transactions that are one are shown, each once", () => {
  const faults = new FaultyRecords(7, shares);
  for (let index = 0; index < 2_000; index++) {
    const records = recordsOf(faults, index);
    const shown = records.filter((record) => record.shown);
    expect(shown.length).toBe(records.some(({ fault }) => fault === "malformed") ? 0 : 1);
    for (const { value } of shown) expect(parseTransaction(value).ok).toBe(true);
  }
});
