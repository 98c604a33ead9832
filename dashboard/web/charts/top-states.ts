import { count } from "../formats.ts";
import type { Chart } from "./chart.ts";
import { rankedBars } from "./ranked-bars.ts";

/** Where it goes. */
export const TOP_STATES: Chart = rankedBars({
  id: "top-states",
  title: "Top states",
  unit: "transactions",
  columns: 4,
  read: (top) => top.states,
  format: count,
});
