import { PAYMENT_METHODS } from "#contract/transaction.ts";
import type { Chart } from "./chart.ts";
import { pairedBars } from "./paired-bars.ts";

/** How it was paid. */
export const PAYMENT_METHOD: Chart = pairedBars({
  id: "payment-method",
  title: "Payment method",
  columns: 4,
  categories: PAYMENT_METHODS,
  read: (sums) => sums.payments,
});
