import { Decimal128, Long } from "mongodb";
import { timestampToMs } from "#contract/timestamp.ts";
import type { Amount, IncomingTransaction } from "#contract/transaction.ts";
import { decimalText } from "./decimal128.ts";

/**
 * What a transaction says, as a text that is equal for equal content: the order of fields does not matter, an amount
 * counts by its value (12.5, "12.50"), a time by its instant, however they were written.
 */
export function contentOf(transaction: IncomingTransaction): string {
  return JSON.stringify(
    canonical({
      ...transaction,
      timestamp: timestampToMs(transaction.timestamp),
      total_amount: canonicalAmount(decimalText(transaction.total_amount)),
      product_details: transaction.product_details.map((product) => ({
        ...product,
        price: canonicalAmount(decimalText(product.price)),
      })),
    }),
  );
}

/** The same of a stored document, whose `_id` and `ingest` are ours and say nothing of the content. */
export function contentOfStored(document: Readonly<Record<string, unknown>>): string {
  const { _id, ingest, ...content } = document;
  return JSON.stringify(canonical(content));
}

function canonical(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Decimal128) return canonicalAmount(value.toString());
  if (value instanceof Date) return value.getTime();
  if (value instanceof Long) return value.toNumber();
  if (Array.isArray(value)) return value.map(canonical);
  const sorted = Object.entries(value).map(([name, item]) => [name.toWellFormed(), canonical(item)] as const);
  // Under a name, so that an object is never the same as a list of its fields.
  return { fields: sorted.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) };
}

/** An amount without its leading and trailing zeros, as coefficient and exponent. */
function canonicalAmount(text: Amount): string {
  const [mantissa = "", exponent = "0"] = String(text).toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
