import type { SecondRing } from "../second-ring.ts";
import type { Chart } from "./chart.ts";

/** One line. */
export interface LineSeries {
  readonly label: string;
  /** Variable of the style sheet. */
  readonly color: string;
  /** Variable of the style sheet, for the area under the line. */
  readonly fill?: string;
  /** Shape in the legend: of a source, or of the line. */
  readonly mark: string;
  /** @default 2, or 1.25 on an area */
  readonly width?: number;
  /** `null` where the value is not known: the line has a gap there. */
  readonly read: (ring: SecondRing, second: number) => number | null;
}

/** A chart of values by second. */
export interface LineChartOptions extends Omit<Chart, "mount"> {
  readonly series: readonly LineSeries[];
  /** One value upon the other. */
  readonly isStacked?: boolean;
  /** A value in the legend and the table. */
  readonly format: (value: number | null) => string;
  /** A value on the axis. */
  readonly axis: (value: number) => string;
  /** The axis reaches at least so far. */
  readonly leastTop: number;
  /** A line to stay below. */
  readonly target?: { readonly value: number; readonly label: string };
}
