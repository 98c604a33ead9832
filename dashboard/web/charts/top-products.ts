import { shortenedMoney } from "../formats.ts";
import type { Chart } from "./chart.ts";
import { rankedBars } from "./ranked-bars.ts";

/** What sells best. */
export const TOP_PRODUCTS: Chart = rankedBars({
  id: "top-products",
  title: "Top products",
  unit: "revenue",
  columns: 4,
  read: (top) => top.products,
  format: shortenedMoney,
});
