/**
 * The transaction as it travels: literal unions and types only, safe for the browser.
 * Field for field the original's; the table is in the README.
 */

/** Order states, in the fixed order in which every chart shows them. */
export const STATUSES = ["Processing", "Shipped", "Delivered", "Cancelled"] as const;
/** Ways to pay, in the fixed order in which every chart shows them. */
export const PAYMENT_METHODS = ["Credit Card", "PayPal", "Debit Card"] as const;
/** Currencies that amounts may be in; sums would be wrong with more than one. */
export const CURRENCIES = ["USD"] as const;

/** One of {@link STATUSES}. */
export type Status = (typeof STATUSES)[number];
/** One of {@link PAYMENT_METHODS}. */
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];
/** One of {@link CURRENCIES}. */
export type Currency = (typeof CURRENCIES)[number];

/** One line of an order. `price` is per piece, in the transaction's currency. */
export interface Product {
  product_id: string;
  product_name: string;
  quantity: number;
  price: number;
}

/** Where the order goes; `state` is the two-letter code when a source of ours made it. */
export interface ShippingAddress {
  street: string;
  city: string;
  state: string;
  zip_code: string;
  country: string;
}

/** One purchase, as both sources of ours write it to Kafka (JSON, UTF-8). */
export interface Transaction {
  transaction_id: string;
  /** RFC 3339; without a zone it is UTC. */
  timestamp: string;
  customer_id: number;
  product_details: Product[];
  total_amount: number;
  currency: Currency;
  payment_method: PaymentMethod;
  shipping_address: ShippingAddress;
  status: Status;
}

/** An amount as other programs may write it: a JSON number, or a decimal string such as `"12.50"`. */
export type Amount = number | string;

/** A transaction as the consumer accepts it: amounts in either form, unknown fields kept. */
export interface IncomingTransaction extends Omit<Transaction, "product_details" | "total_amount"> {
  product_details: (Omit<Product, "price"> & { price: Amount })[];
  total_amount: Amount;
}
