import type UPlot from "uplot";
import { element, setAttribute, setText } from "../element.ts";
import { minuteOfDay, timeOfDay, UNKNOWN } from "../formats.ts";
import type { Frame, PageHandle } from "../frame.ts";
import { color } from "../palette.ts";
import type { Chart, Panel } from "./chart.ts";
import { cursorKeys, followTouch } from "./cursor.ts";
import type { LineChartOptions, LineSeries } from "./line-chart-options.ts";
import { secondsTable } from "./seconds-table.ts";

/**
 * A script of its own brings it, before the page's: it is its authors' minified build, smaller than what a bundler makes
 * of the source, and a browser keeps it when only the page has changed.
 */
declare const uPlot: typeof UPlot;
/** All line charts share one cursor. */
const SYNC_KEY = "seconds";
/** A drag of fewer pixels is a click. */
const LEAST_DRAG_PX = 6;
const FONT = "11px system-ui, sans-serif";

/** Makes a chart of lines over time. */
export function lineChart(options: LineChartOptions): Chart {
  const { id, title, unit, columns } = options;
  return { id, title, unit, columns, mount: (panel, page) => mount(options, panel, page) };
}

function mount(options: LineChartOptions, panel: Panel, page: PageHandle): (frame: Frame) => void {
  const { series, format } = options;
  let frame: Frame | undefined;
  const legend = createLegend(series);
  const plot = element("div", { class: "plot", role: "img", tabindex: "0", "aria-label": options.title });
  const table = secondsTable(options);
  panel.head.append(legend.root, table.button);
  panel.body.append(plot, table.root);

  // Reused from frame to frame: what uPlot is given must not be made anew each second.
  const seconds: number[] = [];
  const lines: (number | null)[][] = series.map(() => []);
  let chart: UPlot | undefined;
  let size: { readonly width: number; readonly height: number } | undefined;
  const shown = (): number | undefined => {
    const index = chart?.cursor.idx;
    return index === null || index === undefined ? undefined : seconds[index];
  };
  const showLegend = (): void => {
    if (frame === undefined) return;
    const second = shown() ?? frame.to - 1;
    for (const [index, { read }] of series.entries()) legend.show(index, format(read(frame.ring, second)));
  };
  const draw = (): void => {
    if (size === undefined || frame === undefined) return;
    const { from, to } = frame;
    fill(seconds, lines, options, frame);
    if (chart === undefined) {
      chart = new uPlot({ ...plotOptions(options, page, showLegend), ...size }, [[]], plot);
      followTouch(chart);
    }
    chart.batch((drawn: UPlot) => {
      drawn.setData([seconds, ...lines] as UPlot.AlignedData, false);
      drawn.setScale("x", { min: from, max: to - 1 });
    });
    showLegend();
  };
  new ResizeObserver(([entry]) => {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    if (width === 0) return;
    // Asking for it any earlier would have laid the page out in the middle of building it.
    size = { width, height };
    if (chart === undefined) draw();
    else chart.setSize(size);
  }).observe(plot);
  plot.addEventListener("keydown", (event) => {
    if (chart === undefined || !cursorKeys(chart, event)) return;
    const second = shown();
    if (second === undefined || frame === undefined) return;
    const { ring } = frame;
    const values = series.map(({ label, read }) => `${label} ${format(read(ring, second))}`);
    page.announce(`${timeOfDay(second * 1000)}: ${values.join(", ")}`);
  });

  return (next) => {
    frame = next;
    draw();
    table.draw(next);
    setAttribute(plot, "aria-label", describe(options, next));
  };
}

/** Brings the values of a frame into the arrays. A stacked line is drawn from the top down, each with those below. */
function fill(seconds: number[], lines: (number | null)[][], options: LineChartOptions, frame: Frame): void {
  const { ring, from, to } = frame;
  const { series } = options;
  seconds.length = to - from;
  for (const line of lines) line.length = to - from;
  for (let at = 0; at < to - from; at++) {
    seconds[at] = from + at;
    let below: number | null = 0;
    for (let index = 0; index < series.length; index++) {
      const value: number | null = series[index]?.read(ring, from + at) ?? null;
      if (options.isStacked) below = value === null || below === null ? null : below + value;
      const line = lines[options.isStacked ? series.length - 1 - index : index];
      if (line) line[at] = options.isStacked ? below : value;
    }
  }
}

function plotOptions(
  options: LineChartOptions,
  page: PageHandle,
  showLegend: () => void,
): Omit<UPlot.Options, "width" | "height"> {
  const { isStacked, target } = options;
  const drawn = isStacked ? [...options.series].reverse() : options.series;
  const grid = { stroke: () => color("--grid"), width: 1 };
  const axis = { stroke: () => color("--muted"), font: FONT, grid, ticks: { show: false } };
  return {
    // On the right the last time would be cut off otherwise.
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
      sync: { key: SYNC_KEY, scales: ["x", null] },
      points: { size: 7, width: 1 },
      bind: {
        dblclick: () => () => {
          page.backToLive();
          return null;
        },
      },
    },
    scales: {
      x: { time: true },
      y: {
        range: (_chart, _least, most) => [
          0,
          niceTop(Math.max(options.leastTop, (most ?? 0) * 1.05, (target?.value ?? 0) * 1.2)),
        ],
      },
    },
    axes: [
      {
        ...axis,
        size: 28,
        gap: 7,
        // Times without seconds need less room, and a phone has little.
        space: (_chart, _axis, from, to, width) => (width < 320 && to - from > 150 ? 45 : 62),
        values: (_chart, splits, _axis, _space, step) =>
          splits.map((second) => (step < 60 ? timeOfDay(second * 1000) : minuteOfDay(second * 1000))),
      },
      { ...axis, size: 52, gap: 6, space: 34, values: (_chart, splits) => splits.map(options.axis) },
    ],
    series: [
      {},
      ...drawn.map(({ label, color: stroke, fill: area, width = options.isStacked ? 1.25 : 2, mark }): UPlot.Series => {
        return {
          label,
          stroke: () => color(stroke),
          width,
          // A second between two that are not known has no line, so it gets a dot.
          points: { show: false, size: 4, width: 0, filter: (chart, index) => lonely(chart.data[index]) },
          spanGaps: false,
          ...(area !== undefined && { fill: () => color(area) }),
          ...(mark === "dashed" && { dash: [5, 3] }),
        };
      }),
    ],
    ...(isStacked && {
      bands: drawn.slice(1).map((_, index) => ({ series: [index + 1, index + 2] as [number, number] })),
    }),
    hooks: {
      setCursor: [showLegend],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < LEAST_DRAG_PX) return;
          const [from, to] = [chart.posToVal(left, "x"), chart.posToVal(left + width, "x")];
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          page.zoomTo(from, to);
        },
      ],
      ...(target && { draw: [(chart) => drawTarget(chart, target)] }),
    },
  };
}

/** Indices of values without neighbours. */
function lonely(values: ArrayLike<number | null | undefined> = []): number[] {
  const found: number[] = [];
  for (let at = 0; at < values.length; at++)
    if (values[at] != null && values[at - 1] == null && values[at + 1] == null) found.push(at);
  return found;
}

function drawTarget(chart: UPlot, target: { readonly value: number; readonly label: string }): void {
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(target.value, "y", true));
  if (y < bbox.top) return;
  ctx.save();
  ctx.fillStyle = color("--warn");
  // Lines may run behind the words.
  ctx.strokeStyle = color("--panel");
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  ctx.strokeText(target.label, bbox.left + bbox.width - 2, y - 2);
  ctx.fillText(target.label, bbox.left + bbox.width - 2, y - 2);
  ctx.strokeStyle = color("--warn");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/** The next round number that an axis can end with. */
function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

interface Legend {
  readonly root: HTMLElement;
  show(index: number, value: string): void;
}

function createLegend(series: readonly LineSeries[]): Legend {
  const values = series.map(() => element("b", {}, UNKNOWN));
  const items = series.map(({ label, mark }, index) =>
    element("li", {}, element("i", { class: `mark ${mark}` }), label, " ", values[index] ?? ""),
  );
  return {
    root: element("ul", { class: "legend" }, ...items),
    show: (index, value) => {
      const target = values[index];
      if (target) setText(target, value);
    },
  };
}

/** The chart in a sentence, for those who do not see it. */
function describe({ title, unit, series, format }: LineChartOptions, { ring, from, to }: Frame): string {
  const parts = series.map(({ label, read }) => {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let second = from; second < to; second++) {
      const value = read(ring, second);
      if (value === null) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (least > most) return `${label}: no data`;
    return `${label}: last ${format(read(ring, to - 1))}, between ${format(least)} and ${format(most)}`;
  });
  return `${title}, ${unit}, ${timeOfDay(from * 1000)} to ${timeOfDay((to - 1) * 1000)}. ${parts.join(". ")}. Arrow keys move the cursor.`;
}
