import { duration } from "../formats.ts";
import type { Chart } from "./chart.ts";
import { lineChart } from "./line-chart.ts";

/** Nearly all transactions should be stored within this time, in ms. */
export const TARGET_MS = 100;

/** From Kafka's timestamp to MongoDB. */
export const TIME_TO_STORE: Chart = lineChart({
  id: "time-to-store",
  title: "Time to store",
  unit: "ms",
  columns: 4,
  series: [
    {
      label: "p50",
      color: "--time",
      mark: "thin",
      width: 1.25,
      read: (ring, second) => ring.percentile("p50", second),
    },
    { label: "p95", color: "--time-high", mark: "dashed", read: (ring, second) => ring.percentile("p95", second) },
    { label: "p99", color: "--time-highest", mark: "line", read: (ring, second) => ring.percentile("p99", second) },
  ],
  format: duration,
  axis: (ms) => (ms >= 1_000 ? `${ms / 1_000} s` : String(Math.round(ms))),
  leastTop: 20,
  target: { value: TARGET_MS, label: `target ${TARGET_MS}` },
});
