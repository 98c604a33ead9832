/** One line of a chart. */
export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 900;
const HEIGHT = 300;
const LEFT = 70;
const RIGHT = 160;
const TOP = 30;
const BOTTOM = 30;
const COLOURS = ["#0b6bcb", "#c2570c", "#2e7d32", "#7b1fa2", "#b71c1c", "#00838f", "#616161"];
const TICKS = 4;

/** Height of one chart, for stacking them. */
export const CHART_HEIGHT: number = HEIGHT;
/** Width of every chart. */
export const CHART_WIDTH: number = WIDTH;

/**
 * A line chart as a group of SVG elements.
 *
 * @param top - where it begins
 * @param unit - of both axes, in words
 */
export function chart(title: string, lines: readonly ChartLine[], top: number, unit: { x: string; y: string }): string {
  const all = lines.flatMap(({ points }) => points).filter(([, y]) => Number.isFinite(y));
  const highX = Math.max(1e-9, ...all.map(([x]) => x));
  const highY = Math.max(1e-9, ...all.map(([, y]) => y)) * 1.05;
  const x = (value: number): number => LEFT + (value / highX) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => top + HEIGHT - BOTTOM - (value / highY) * (HEIGHT - TOP - BOTTOM);
  const ticks = Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS);
  const text = (atX: number, atY: number, anchor: string, what: string, fill = "#333"): string =>
    `<text x="${atX.toFixed(1)}" y="${atY.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${what}</text>`;
  return [
    text(LEFT, top + 18, "start", `${title} (${unit.y} over ${unit.x})`),
    ...ticks.map((tick) => {
      const level = y(tick * highY).toFixed(1);
      return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${level}" y2="${level}" stroke="#ddd"/>`;
    }),
    ...ticks.map((tick) => text(LEFT - 6, y(tick * highY) + 4, "end", short(tick * highY))),
    ...ticks.map((tick) => text(x(tick * highX), top + HEIGHT - 10, "middle", short(tick * highX))),
    ...lines.map(({ points }, index) => {
      const path = points
        .filter(([, value]) => Number.isFinite(value))
        .map((point) => `${x(point[0]).toFixed(1)},${y(point[1]).toFixed(1)}`);
      return `<polyline fill="none" stroke-width="1.5" stroke="${COLOURS[index % COLOURS.length]}" points="${path.join(" ")}"/>`;
    }),
    ...lines.map(({ name }, index) =>
      text(WIDTH - RIGHT + 10, top + TOP + 16 * index, "start", name, COLOURS[index % COLOURS.length]),
    ),
  ].join("\n");
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}
