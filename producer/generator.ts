import { PAYMENT_METHODS, STATUSES } from "#contract/transaction.ts";
import { SeededRandom, STREAMS } from "#source/seeded-random.ts";
import type { MadeTransaction } from "#source/transaction-record.ts";
import type { Catalogue } from "./catalogue.ts";
import { TransactionIds } from "./transaction-ids.ts";
import { WeightedChoice } from "./weighted-choice.ts";

/** Shares of orders with 1, 2, 3 and 4 different products; of 1 to 5 pieces; of the statuses; of the payments. */
const lines = new WeightedChoice([62, 24, 10, 4]);
const quantities = new WeightedChoice([66, 20, 8, 4, 2]);
const statuses = new WeightedChoice(
  STATUSES.map((status) => ({ Processing: 18, Shipped: 27, Delivered: 49, Cancelled: 6 })[status]),
);
const payments = new WeightedChoice(
  PAYMENT_METHODS.map((method) => ({ "Credit Card": 54, PayPal: 25, "Debit Card": 21 })[method]),
);

/**
 * Transaction i of a seed, for any i at the same cost: what it holds depends on the seed and on i alone, only the
 * timestamp is given. It is written as JSON at once, since an object would only be made to be taken apart again.
 */
export class Generator {
  readonly #catalogue: Catalogue;
  readonly #random: SeededRandom;
  readonly #ids: TransactionIds;

  constructor(seed: number, catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#random = new SeededRandom(seed, STREAMS.transaction);
    this.#ids = new TransactionIds(seed);
  }

  /**
   * @param index - from 0
   * @param timestamp - RFC 3339
   */
  make(index: number, timestamp: string): MadeTransaction {
    const random = this.#random.at(index);
    const catalogue = this.#catalogue;
    const id = this.#ids.at(index, random);
    const customer = catalogue.customerAt(random.share());
    const count = lines.at(random.share()) + 1;
    const chosen: number[] = [];
    let details = "";
    let cents = 0;
    for (let line = 0; line < count; line++) {
      let number = catalogue.productAt(random.share());
      // Each line is another product.
      while (chosen.includes(number)) number = (number + 1) % catalogue.productCount;
      chosen.push(number);
      const { beforeQuantity, afterQuantity, priceCents } = catalogue.product(number);
      const quantity = quantities.at(random.share()) + 1;
      cents += quantity * priceCents;
      details += `${line === 0 ? "" : ","}${beforeQuantity}${quantity}${afterQuantity}`;
    }
    const payment = PAYMENT_METHODS[payments.at(random.share())];
    const status = STATUSES[statuses.at(random.share())];
    const json = `{"transaction_id":"${id}","timestamp":"${timestamp}","customer_id":${customer},"product_details":[${details}],"total_amount":${cents / 100},"currency":"USD","payment_method":"${payment}","shipping_address":${catalogue.addressOf(customer)},"status":"${status}"}`;
    return { id, json, index };
  }
}
