import type { SourceId } from "#contract/sources.ts";
import { timestampToMs } from "#contract/timestamp.ts";
import type { Amount, IncomingTransaction } from "#contract/transaction.ts";
import type { BsonWriter } from "./bson-writer.ts";
import { writeDecimal128 } from "./decimal128.ts";
import type { ConsumedRecord } from "./record.ts";

/**
 * Writes the stored document of a transaction (see `StoredTransaction` in the contract): `_id` first, then the fields
 * in the order in which they came, amounts as Decimal128, the time as a date, unknown fields as they are, `ingest` last.
 */
export function writeStoredDocument(
  writer: BsonWriter,
  transaction: IncomingTransaction,
  record: ConsumedRecord,
  source: SourceId,
  storedAtMs: number,
): void {
  const document = writer.begin();
  writer.string("_id", transaction.transaction_id);
  for (const name of Object.keys(transaction)) {
    const value = (transaction as unknown as Record<string, unknown>)[name];
    if (name === "timestamp") writer.date(name, timestampToMs(value as string));
    else if (name === "total_amount") writeAmount(writer, name, value as Amount);
    else if (name === "product_details") writeProducts(writer, transaction.product_details);
    else writer.value(name, value);
  }
  const ingest = writer.beginField("object", "ingest");
  writer.string("source", source);
  writer.string("topic", record.topic);
  writer.number("partition", record.partition);
  writer.int64("offset", record.offset);
  writer.date("produced_at", record.producedAtMs);
  writer.date("stored_at", storedAtMs);
  writer.end(ingest);
  writer.end(document);
}

function writeProducts(writer: BsonWriter, products: IncomingTransaction["product_details"]): void {
  const array = writer.beginField("array", "product_details");
  for (let index = 0; index < products.length; index++) {
    const product = products[index] as unknown as Record<string, unknown>;
    const object = writer.beginField("object", String(index));
    for (const name of Object.keys(product)) {
      if (name === "price") writeAmount(writer, name, product[name] as Amount);
      else writer.value(name, product[name]);
    }
    writer.end(object);
  }
  writer.end(array);
}

function writeAmount(writer: BsonWriter, name: string, amount: Amount): void {
  writer.decimal128(name, (view, at) => writeDecimal128(amount, view, at));
}
