import { element, setText, setWidth } from "../element.ts";
import { percent, points } from "../formats.ts";
import type { Sums } from "../second-ring.ts";
import { SOURCES } from "../sources.ts";
import type { Chart } from "./chart.ts";
import { spanOf } from "./span.ts";

/** Shares of a few categories, per source. */
export interface PairedBarsOptions extends Omit<Chart, "mount" | "unit"> {
  /** In the fixed order of the rows. */
  readonly categories: readonly string[];
  /** Counts by source, then by category. */
  readonly read: (sums: Sums) => readonly (readonly number[])[];
}

const TITLES = SOURCES.map(({ title }) => title);
const OPERANDS = TITLES.length === 2 ? TITLES.reverse().join(" minus ") : "most minus least";

/** Makes bars that stand in pairs, so that the sources compare at a glance. A real table, so readable without eyes. */
export function pairedBars(options: PairedBarsOptions): Chart {
  const { id, title, columns, categories, read } = options;
  return {
    id,
    title,
    columns,
    unit: "share per source",
    mount: (panel) => {
      const rows = categories.map(createRow);
      const legend = SOURCES.map((source) =>
        element("span", { class: "key" }, element("i", { class: `mark ${source.id}` }), source.title),
      );
      const heads = [
        element("th", { scope: "col" }, element("span", { class: "hidden" }, title)),
        element("th", { scope: "col" }, ...legend),
        element("th", { scope: "col", class: "number" }, element("span", { class: "hidden" }, "share")),
        element("th", { scope: "col", class: "number", title: `${OPERANDS}, percentage points` }, "difference"),
      ];
      const head = element("thead", {}, element("tr", {}, ...heads));
      const body = element("tbody", {}, ...rows.map(({ root }) => root));
      panel.body.append(element("table", { class: "pairs" }, head, body));
      return (frame) => {
        setText(panel.unit, `share per source, ${spanOf(frame)}`);
        const counts = read(frame.ring.sums(frame.countFrom, frame.to));
        const totals = counts.map((bySource) => bySource.reduce((sum, count) => sum + count, 0));
        for (const [category, row] of rows.entries())
          row.show(counts.map((bySource, source) => shareOf(bySource[category], totals[source])));
      };
    },
  };
}

/** Of two sources the second minus the first; of more the largest minus the smallest. */
function differenceOf(shares: readonly (number | null)[]): number | null {
  const known = shares.filter((share) => share !== null);
  if (known.length < shares.length) return null;
  const [first = 0, second = 0] = known;
  return known.length === 2 ? second - first : Math.max(...known) - Math.min(...known);
}

function shareOf(count = 0, total = 0): number | null {
  return total === 0 ? null : count / total;
}

interface Row {
  readonly root: HTMLTableRowElement;
  show(shares: readonly (number | null)[]): void;
}

function createRow(category: string): Row {
  const bars = SOURCES.map(({ id }) => element("i", { class: `bar ${id}` }));
  const texts = SOURCES.map(({ title }) => {
    const value = element("span", {}, percent(null));
    return { value, root: element("div", {}, element("span", { class: "hidden" }, `${title} `), value) };
  });
  const difference = element("td", { class: "number muted" });
  const tracks = bars.map((bar) => element("div", { class: "track" }, bar));
  const root = element(
    "tr",
    {},
    element("th", { scope: "row" }, category),
    element("td", { class: "bars" }, ...tracks),
    element("td", { class: "number" }, ...texts.map((text) => text.root)),
    difference,
  );
  return {
    root,
    show: (shares) => {
      for (const [index, share] of shares.entries()) {
        const bar = bars[index];
        if (bar) setWidth(bar, share ?? 0);
        const text = texts[index]?.value;
        if (text) setText(text, percent(share));
      }
      setText(difference, points(differenceOf(shares)));
    },
  };
}
