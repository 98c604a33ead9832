import type { Transaction } from "#contract/transaction.ts";

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
