import { axisAmount, shortenedMoney } from "../formats.ts";
import { SOURCES } from "../sources.ts";
import type { Chart } from "./chart.ts";
import { lineChart } from "./line-chart.ts";

/** What was sold, one source upon the other. */
export const REVENUE: Chart = lineChart({
  id: "revenue",
  title: "Revenue",
  unit: "USD/s",
  columns: 4,
  isStacked: true,
  series: SOURCES.map(({ id, title }) => ({
    label: title,
    color: `--${id}`,
    fill: `--${id}-area`,
    mark: id,
    read: (ring, second) => ring.revenueCents(id, second),
  })),
  format: shortenedMoney,
  axis: axisAmount,
  leastTop: 10_000,
});
