import { element, setText } from "../element.ts";
import { timeOfDay } from "../formats.ts";
import type { Frame } from "../frame.ts";
import type { LineChartOptions } from "./line-chart-options.ts";

const ROWS = 60;

/** The chart as a table, and the button that shows it instead. */
export interface SecondsTable {
  readonly button: HTMLButtonElement;
  readonly root: HTMLElement;
  draw(frame: Frame): void;
}

/** Makes the table of a line chart: one row per second, the newest first. Its rows are made when it is first shown. */
export function secondsTable({ title, unit, series, format }: LineChartOptions): SecondsTable {
  let drawn: Frame | undefined;
  const body = element("tbody");
  const caption = element("caption", { class: "hidden" }, `${title}, ${unit}`);
  const heads = ["Time", ...series.map(({ label }) => label)].map((label) => element("th", { scope: "col" }, label));
  const table = element("table", {}, caption, element("thead", {}, element("tr", {}, ...heads)), body);
  const scroller = {
    class: "scroll",
    tabindex: "0",
    role: "region",
    "aria-label": `${title} as a table`,
    hidden: true,
  };
  const root = element("div", scroller, table);
  const button = element("button", { class: "quiet", type: "button", "aria-pressed": "false" }, "▤");
  button.title = `Show ${title.toLowerCase()} as a table`;
  button.setAttribute("aria-label", `Show ${title.toLowerCase()} as a table`);
  button.addEventListener("click", () => {
    root.hidden = !root.hidden;
    root.parentElement?.classList.toggle("as-table", !root.hidden);
    button.setAttribute("aria-pressed", String(!root.hidden));
    if (drawn) draw(drawn);
  });
  const draw = (frame: Frame): void => {
    drawn = frame;
    if (root.hidden) return;
    for (let row = 0; row < ROWS; row++) {
      const second = frame.to - 1 - row;
      const cells = (body.rows[row] ?? body.appendChild(emptyRow(series.length + 1))).cells;
      const isShown = second >= frame.from;
      const texts = [timeOfDay(second * 1000), ...series.map(({ read }) => format(read(frame.ring, second)))];
      for (const [index, cell] of [...cells].entries()) setText(cell, isShown ? (texts[index] ?? "") : "");
    }
  };
  return { button, root, draw };
}

function emptyRow(cells: number): HTMLTableRowElement {
  return element("tr", {}, ...Array.from({ length: cells }, () => element("td")));
}
