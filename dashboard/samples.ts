import type { Collection, Decimal128 } from "mongodb";
import type { StoredTransaction } from "#contract/storage.ts";
import type { Sample } from "./web/feed-format.ts";

const KEPT = 100;
/** Rows a second that a person can still follow. */
const MOST_AT_ONCE = 5;
/** The first time there is a list to fill. */
const MOST_AT_FIRST = 20;

/** The sampled tail: a few of the stored transactions, read by their ids. */
export class Samples {
  readonly #transactions: Collection<StoredTransaction<Decimal128>>;
  #kept: Sample[] = [];

  constructor(transactions: Collection<StoredTransaction<Decimal128>>) {
    this.#transactions = transactions;
  }

  /** The newest ones, newest first. */
  get kept(): readonly Sample[] {
    return this.#kept;
  }

  /** Reads some of the given ids. @returns the new samples, newest first */
  async read(ids: readonly string[]): Promise<Sample[]> {
    if (ids.length === 0) return [];
    const most = this.#kept.length === 0 ? MOST_AT_FIRST : MOST_AT_ONCE;
    const chosen = ids.length <= most ? [...ids] : evenly(ids, most);
    const documents = await this.#transactions.find({ _id: { $in: chosen } }).toArray();
    const fresh = documents.map(sampleOf).sort((a, b) => b.storedAtMs - a.storedAtMs);
    this.#kept = [...fresh, ...this.#kept].slice(0, KEPT);
    return fresh;
  }
}

function evenly(ids: readonly string[], count: number): string[] {
  return Array.from({ length: count }, (_, index) => ids[Math.floor((index * ids.length) / count)] ?? "");
}

function sampleOf(document: StoredTransaction<Decimal128>): Sample {
  const { _id, ingest, product_details: products } = document;
  return {
    id: _id,
    source: ingest.source,
    storedAtMs: ingest.stored_at.getTime(),
    producedAtMs: ingest.produced_at.getTime(),
    product: products[0]?.product_name ?? "",
    productCount: products.length,
    state: document.shipping_address.state,
    payment: document.payment_method,
    status: document.status,
    amountCents: Math.round(Number(document.total_amount.toString()) * 100),
  };
}
