import { type TSchema, Type } from "@sinclair/typebox";
import type { Transaction } from "#contract/transaction.ts";
import { IncomingTransactionSchema } from "#contract/transaction-schema.ts";

const TIME =
  "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$";

/**
 * A transaction as a body may bring it, for the documentation: readers of it know no format "timestamp", so it is a
 * pattern here. That the day exists is checked besides.
 */
export const DOCUMENTED_TRANSACTION: TSchema = Type.Object(
  {
    ...(IncomingTransactionSchema["properties"] as Record<string, TSchema>),
    timestamp: Type.String({ pattern: TIME, description: "RFC 3339; a value without zone is UTC" }),
  },
  { description: "An e-commerce transaction; unknown fields are kept." },
);

/** What the documentation of a body shows; sent as it is, it is accepted. */
export const EXAMPLE_TRANSACTION: Transaction = {
  transaction_id: "TXN-6f1b0d52-3c1e-4d7a-9a35-0d6c2f1a8b47",
  timestamp: "2026-01-31T12:00:00Z",
  customer_id: 4711,
  product_details: [{ product_id: "PROD-100", product_name: "Oak Chair", quantity: 2, price: 12.5 }],
  total_amount: 25,
  currency: "USD",
  payment_method: "PayPal",
  shipping_address: { street: "1 Main St", city: "Reno", state: "NV", zip_code: "89501", country: "USA" },
  status: "Shipped",
};
