import { rate, shortCount } from "../formats.ts";
import { SOURCES } from "../sources.ts";
import type { Chart } from "./chart.ts";
import { lineChart } from "./line-chart.ts";

/** What the sources bring into Kafka. */
export const THROUGHPUT: Chart = lineChart({
  id: "throughput",
  title: "Throughput",
  unit: "transactions per second",
  columns: 7,
  series: SOURCES.map(({ id, title }) => ({
    label: title,
    color: `--${id}`,
    mark: id,
    read: (ring, second) => ring.produced(id, second),
  })),
  format: rate,
  axis: shortCount,
  leastTop: 2,
});
