import { element, setText, setWidth } from "../element.ts";
import type { TopEntry, TopLists } from "../feed-format.ts";
import { percent, plain } from "../formats.ts";
import { SOURCES } from "../sources.ts";
import type { Chart } from "./chart.ts";

/** The largest few of something. */
export interface RankedBarsOptions extends Omit<Chart, "mount"> {
  readonly read: (top: TopLists) => readonly TopEntry[];
  readonly format: (value: number) => string;
}

const ROWS = 5;

/** Makes a list of the largest, each with a bar of both sources. */
export function rankedBars(options: RankedBarsOptions): Chart {
  const { id, title, unit, columns, read, format } = options;
  return {
    id,
    title,
    unit,
    columns,
    mount: (panel) => {
      const rows = Array.from({ length: ROWS }, createRow);
      const empty = element("p", { class: "muted" });
      panel.body.append(element("ol", { class: "ranked" }, ...rows.map(({ root }) => root)), empty);
      return ({ tick, top, topRange }) => {
        setText(panel.unit, `${unit}, ${topRange / 60} min`);
        const entries = read(top);
        empty.hidden = entries.length > 0;
        setText(empty, tick?.ledger.length ? "Nothing sold in this time." : "Not known now.");
        const largest = Math.max(1, ...entries.map(totalOf));
        for (const [index, row] of rows.entries()) row.show(entries[index], largest, format);
      };
    },
  };
}

function totalOf({ bySource }: TopEntry): number {
  return bySource.reduce((sum, value) => sum + value, 0);
}

interface Row {
  readonly root: HTMLLIElement;
  show(entry: TopEntry | undefined, largest: number, format: (value: number) => string): void;
}

function createRow(): Row {
  const name = element("bdi", { class: "name" });
  const value = element("b");
  const shares = element("span", { class: "hidden" });
  const bars = SOURCES.map(({ id }) => element("i", { class: `bar ${id}` }));
  const root = element("li", { hidden: true }, name, value, shares, element("div", { class: "track" }, ...bars));
  return {
    root,
    show: (entry, largest, format) => {
      root.hidden = entry === undefined;
      if (entry === undefined) return;
      const total = totalOf(entry);
      setText(name, plain(entry.name));
      if (name.title !== name.textContent) name.title = name.textContent ?? "";
      setText(value, format(total));
      const words = SOURCES.map(({ title }, index) => `${title} ${percent((entry.bySource[index] ?? 0) / total)}`);
      setText(shares, ` (${words.join(", ")})`);
      for (const [index, bar] of bars.entries()) setWidth(bar, (entry.bySource[index] ?? 0) / largest);
    },
  };
}
