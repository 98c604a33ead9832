import { timestampToMs } from "#contract/timestamp.ts";
import type { Amount, IncomingTransaction, Transaction } from "#contract/transaction.ts";

/**
 * A transaction as Mockoon answers it, in the form that both sources send: amounts are numbers with 2 decimals
 * instead of decimal strings, the time is in UTC and says so. The total stays the one that was given, also where it
 * is not the sum; unknown fields stay.
 *
 * @param raw - checked already
 */
export function normalise(raw: IncomingTransaction): Transaction {
  return {
    ...raw,
    timestamp: new Date(timestampToMs(raw.timestamp)).toISOString(),
    product_details: raw.product_details.map((product) => ({ ...product, price: inCents(product.price) })),
    total_amount: inCents(raw.total_amount),
  };
}

function inCents(amount: Amount): number {
  const cents = Math.round(Number(amount) * 100);
  // Beyond this a number has no cents to round to.
  return Math.abs(cents) <= Number.MAX_SAFE_INTEGER ? cents / 100 : Number(amount);
}
