import { STATUSES } from "#contract/transaction.ts";
import type { Chart } from "./chart.ts";
import { pairedBars } from "./paired-bars.ts";

/** Where the orders are. */
export const ORDER_STATUS: Chart = pairedBars({
  id: "order-status",
  title: "Order status",
  columns: 5,
  categories: STATUSES,
  read: (sums) => sums.statuses,
});
