import { fieldName, LATENCY_BOUNDS_MS, latencyBucket, SAMPLES_KEPT } from "#contract/rollup.ts";
import { PAYMENT_METHODS, STATUSES } from "#contract/transaction.ts";
import { centsOf } from "./decimal128.ts";
import type { DecodedChunk, DecodedTransaction } from "./decode.ts";
import type { NamesOfSecond, Sold } from "./largest-names.ts";

/** What became of a chunk's offsets. */
export interface Outcome {
  readonly stored: readonly DecodedTransaction[];
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
}

/** An update of a `Rollup`. */
interface RollupUpdate {
  readonly $setOnInsert: object;
  /** By path. A map: the names are others each time, for which objects are not made. */
  readonly $inc: ReadonlyMap<string, number>;
  readonly $push: object;
}

/**
 * The rollup that a chunk adds to: its id, and the update that upserts it.
 *
 * @param names - of the chunk's partition; they take the update for carried out
 */
export function rollupUpdate(
  chunk: Pick<DecodedChunk, "topic" | "partition" | "source">,
  outcome: Outcome,
  storedAtMs: number,
  names: NamesOfSecond,
): { readonly id: string; readonly update: RollupUpdate } {
  const { topic, partition, source } = chunk;
  const second = Math.floor(storedAtMs / 1000);
  const counts = count(outcome.stored, storedAtMs);
  const increments = new Map<string, number>();
  // Two names may be the same name of a field.
  const add = (field: string, by: number): void => {
    increments.set(field, (increments.get(field) ?? 0) + by);
  };
  add("stored", outcome.stored.length);
  add("duplicates", outcome.duplicates);
  add("deadLettered", outcome.deadLettered);
  add("absent", outcome.absent);
  add("revenueCents", counts.revenueCents);
  for (const [index, status] of STATUSES.entries()) addSome(`statuses.${status}`, counts.statuses[index]);
  for (const [index, method] of PAYMENT_METHODS.entries()) addSome(`payments.${method}`, counts.payments[index]);
  for (const [bucket, transactions] of counts.latency.entries()) addSome(`latency.${bucket}`, transactions);
  const { products, states } = names.at(second);
  for (const [name, { pieces }] of states.add(counts.states)) add(`states.${fieldName(name)}`, pieces);
  for (const [name, { pieces, cents }] of products.add(counts.products)) {
    add(`products.${fieldName(name)}.pieces`, pieces);
    add(`products.${fieldName(name)}.cents`, cents);
  }
  function addSome(field: string, by = 0): void {
    if (by > 0) add(field, by);
  }
  const samples = outcome.stored.slice(-SAMPLES_KEPT).map(({ id }) => id);
  return {
    id: `${topic}/${partition}/${second}`,
    update: {
      $setOnInsert: { second: new Date(second * 1000), topic, partition, source },
      $inc: increments,
      $push: { samples: { $each: samples, $slice: -SAMPLES_KEPT } },
    },
  };
}

/** Counts in the order of `STATUSES` and `PAYMENT_METHODS`, by latency bucket, and by name. */
interface Counts {
  revenueCents: number;
  readonly statuses: number[];
  readonly payments: number[];
  readonly latency: number[];
  readonly states: Map<string, Sold>;
  readonly products: Map<string, Sold>;
}

/** Once through all of them, without making a text for any: this is done for every transaction there is. */
function count(transactions: readonly DecodedTransaction[], storedAtMs: number): Counts {
  const counts: Counts = {
    revenueCents: 0,
    statuses: STATUSES.map(() => 0),
    payments: PAYMENT_METHODS.map(() => 0),
    latency: new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0),
    states: new Map(),
    products: new Map(),
  };
  const { statuses, payments, latency, states, products } = counts;
  let producedAtMs = Number.NaN;
  let bucket = 0;
  for (const { record, transaction } of transactions) {
    const { status, payment_method: payment, shipping_address: address, product_details: details } = transaction;
    // Records of one batch of a producer mostly have one time.
    if (record.producedAtMs !== producedAtMs) {
      producedAtMs = record.producedAtMs;
      bucket = latencyBucket(storedAtMs - producedAtMs);
    }
    counts.revenueCents += centsOf(transaction.total_amount);
    increment(statuses, STATUSES.indexOf(status));
    increment(payments, PAYMENT_METHODS.indexOf(payment));
    increment(latency, bucket);
    soldOf(states, address.state).pieces++;
    for (const { product_name: name, quantity, price } of details) {
      const sold = soldOf(products, name);
      sold.pieces += quantity;
      sold.cents += quantity * centsOf(price);
    }
  }
  return counts;
}

function increment(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

function soldOf(all: Map<string, Sold>, name: string): Sold {
  let sold = all.get(name);
  if (sold === undefined) {
    sold = { pieces: 0, cents: 0 };
    all.set(name, sold);
  }
  return sold;
}
