import type { Reason } from "./reasons.ts";
import type { SourceId } from "./sources.ts";
import type { Currency, PaymentMethod, ShippingAddress, Status } from "./transaction.ts";

/** The database that the consumer writes, unless `MONGO_URI` names another in its path. */
export const DATABASE = "mocked_data";

/** Collections in {@link DATABASE}. */
export const COLLECTIONS = {
  /** One {@link StoredTransaction} per transaction. */
  transactions: "transactions",
  /** One {@link DeadLetter} per record that is no transaction. */
  deadLetters: "dead_letters",
  /** One {@link LedgerEntry} per topic and partition. */
  ledger: "ledger",
  /** One `Rollup` (see `rollup.ts`) per second, topic and partition. */
  rollups: "rollups",
} as const;

/**
 * Where a document came from. `Decimal`, `Binary` and `Long` stand for the driver's classes, so that the
 * contract needs no driver.
 */
export interface Ingest {
  source: SourceId;
  topic: string;
  partition: number;
  offset: number;
  /** The Kafka record's timestamp. */
  produced_at: Date;
  /** When the consumer wrote the batch. */
  stored_at: Date;
}

/** A transaction in MongoDB. Unknown fields of the record are kept beside these. */
export interface StoredTransaction<Decimal = unknown> {
  /** The `transaction_id`. */
  _id: string;
  transaction_id: string;
  timestamp: Date;
  customer_id: number;
  product_details: { product_id: string; product_name: string; quantity: number; price: Decimal }[];
  total_amount: Decimal;
  currency: Currency;
  payment_method: PaymentMethod;
  shipping_address: ShippingAddress;
  status: Status;
  ingest: Ingest;
}

/** A record that is no transaction, kept whole. */
export interface DeadLetter<Binary = unknown> {
  /** `topic/partition/offset` */
  _id: string;
  topic: string;
  partition: number;
  offset: number;
  key: Binary | null;
  /** The bytes; of a value over {@link LARGEST_KEPT_VALUE_BYTES} only the first {@link KEPT_HEAD_BYTES}. */
  value: Binary | null;
  /** The true size of the value in bytes. */
  value_size: number;
  headers: Record<string, Binary | Binary[] | null>;
  produced_at: Date;
  reason: Reason;
  detail: string;
  dead_lettered_at: Date;
  replayed_at: Date | null;
}

/** Values up to 8 MiB are kept whole in a dead letter. */
export const LARGEST_KEPT_VALUE_BYTES: number = 8 * 1024 * 1024;
/** Of a larger value this much is kept, 64 KiB. */
export const KEPT_HEAD_BYTES: number = 64 * 1024;

/**
 * What became of every offset of one partition. At every moment
 * `stored + duplicates + deadLettered + absent = nextOffset - firstOffset`.
 */
export interface LedgerEntry {
  /** `topic/partition` */
  _id: string;
  topic: string;
  partition: number;
  /** The first offset that was there when the consumer first saw the partition. */
  firstOffset: number;
  /** The next offset to read; moves only together with the documents. */
  nextOffset: number;
  stored: number;
  /** Records whose transaction was stored already from another offset with the same content. */
  duplicates: number;
  deadLettered: number;
  /** Offsets that hold no record for us: expired, compacted, or transaction markers. */
  absent: number;
  /** Raised at each assignment; a consumer with an older one can't write. */
  epoch: number;
  /** The consumer instance that holds the epoch. */
  owner: string;
  updated_at: Date;
}

/** Identifier of a ledger entry. */
export function ledgerId(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** Identifier of a dead letter. */
export function deadLetterId(topic: string, partition: number, offset: number | string): string {
  return `${topic}/${partition}/${offset}`;
}
