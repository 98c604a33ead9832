import type { UpdateFilter } from "mongodb";
import { fieldName, latencyBucket, type Rollup, SAMPLES_KEPT, TOP_KEPT } from "#contract/rollup.ts";
import { centsOf } from "./decimal128.ts";
import type { DecodedChunk, DecodedTransaction } from "./decode.ts";

/** What became of a chunk's offsets. */
export interface Outcome {
  readonly stored: readonly DecodedTransaction[];
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
}

/** The rollup that a chunk adds to: its id, and the update that upserts it. */
export function rollupUpdate(
  chunk: Pick<DecodedChunk, "topic" | "partition" | "source">,
  outcome: Outcome,
  storedAtMs: number,
): { readonly id: string; readonly update: UpdateFilter<Rollup> } {
  const { topic, partition, source } = chunk;
  const second = Math.floor(storedAtMs / 1000);
  const increments = new Map<string, number>();
  const add = (field: string, by: number): void => {
    increments.set(field, (increments.get(field) ?? 0) + by);
  };
  add("stored", outcome.stored.length);
  add("duplicates", outcome.duplicates);
  add("deadLettered", outcome.deadLettered);
  add("absent", outcome.absent);
  add("revenueCents", 0);
  const products = new Map<string, { pieces: number; cents: number }>();
  const states = new Map<string, number>();
  for (const { record, transaction } of outcome.stored) {
    add("revenueCents", centsOf(transaction.total_amount));
    add(`statuses.${transaction.status}`, 1);
    add(`payments.${transaction.payment_method}`, 1);
    add(`latency.${latencyBucket(storedAtMs - record.producedAtMs)}`, 1);
    const { state } = transaction.shipping_address;
    states.set(state, (states.get(state) ?? 0) + 1);
    for (const { product_name, quantity, price } of transaction.product_details) {
      const sold = products.get(product_name) ?? { pieces: 0, cents: 0 };
      sold.pieces += quantity;
      sold.cents += quantity * centsOf(price);
      products.set(product_name, sold);
    }
  }
  for (const [name, count] of top(states, (count) => count)) add(`states.${fieldName(name)}`, count);
  for (const [name, { pieces, cents }] of top(products, (sold) => sold.cents)) {
    add(`products.${fieldName(name)}.pieces`, pieces);
    add(`products.${fieldName(name)}.cents`, cents);
  }
  const samples = outcome.stored.slice(-SAMPLES_KEPT).map(({ id }) => id);
  return {
    id: `${topic}/${partition}/${second}`,
    update: {
      $setOnInsert: { second: new Date(second * 1000), topic, partition, source },
      $inc: Object.fromEntries(increments),
      $push: { samples: { $each: samples, $slice: -SAMPLES_KEPT } },
    } as UpdateFilter<Rollup>,
  };
}

/** The largest entries; all of them when they are few. */
function top<T>(all: ReadonlyMap<string, T>, size: (item: T) => number): (readonly [string, T])[] {
  const entries = [...all];
  if (entries.length <= TOP_KEPT) return entries;
  return entries.sort(([, a], [, b]) => size(b) - size(a)).slice(0, TOP_KEPT);
}
