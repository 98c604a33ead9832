import type { Chart } from "./chart.ts";
import { LAG } from "./lag.ts";
import { ORDER_STATUS } from "./order-status.ts";
import { PAYMENT_METHOD } from "./payment-method.ts";
import { REVENUE } from "./revenue.ts";
import { THROUGHPUT } from "./throughput.ts";
import { TIME_TO_STORE } from "./time-to-store.ts";
import { TOP_PRODUCTS } from "./top-products.ts";
import { TOP_STATES } from "./top-states.ts";

/** All charts in the order of the page. */
export const CHARTS: readonly Chart[] = [
  ...[THROUGHPUT, ORDER_STATUS],
  ...[REVENUE, TIME_TO_STORE, PAYMENT_METHOD],
  ...[TOP_PRODUCTS, TOP_STATES, LAG],
];
