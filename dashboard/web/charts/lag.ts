import { element, setText, setWidth } from "../element.ts";
import type { LedgerLine } from "../feed-format.ts";
import { count, duration, sourceTitle } from "../formats.ts";
import { lagOf, storedPerSecond } from "../rates.ts";
import type { Chart } from "./chart.ts";

/** A bar of so many records at least is full: a lag of three records should not look like a lot. */
const LEAST_SCALE = 100;

/** How many records of each partition the consumer has not read yet. */
export const LAG: Chart = {
  id: "lag",
  title: "Consumer lag",
  unit: "records per partition",
  columns: 4,
  mount: (panel) => {
    const body = element("tbody");
    const note = element("p", { class: "muted" });
    panel.body.append(element("table", { class: "bars-table" }, body), note);
    const rows: Row[] = [];
    return (frame) => {
      const lines = frame.tick?.ledger ?? [];
      while (rows.length < lines.length) {
        const row = createRow();
        rows.push(row);
        body.append(row.root);
      }
      const largest = Math.max(LEAST_SCALE, ...lines.map(({ lag }) => lag ?? 0));
      for (const [index, row] of rows.entries()) row.show(lines[index], largest);
      const lag = lagOf(lines);
      const stored = storedPerSecond(frame);
      const work = lag && stored ? `, about ${duration((lag / stored) * 1000)} of work` : "";
      const known = lag === null ? "Kafka does not answer" : `${count(lag)} behind${work}`;
      setText(note, lines.length === 0 ? "No partition is known yet." : `${lines.length} partitions: ${known}`);
    };
  },
};

interface Row {
  readonly root: HTMLTableRowElement;
  show(line: LedgerLine | undefined, largest: number): void;
}

function createRow(): Row {
  const mark = element("i");
  const name = element("span");
  const bar = element("i", { class: "bar" });
  const value = element("td", { class: "number" });
  const head = element("th", { scope: "row" }, mark, name);
  const root = element("tr", {}, head, element("td", {}, element("div", { class: "track" }, bar)), value);
  return {
    root,
    show: (line, largest) => {
      root.hidden = line === undefined;
      if (line === undefined) return;
      const title = sourceTitle(line.source);
      mark.className = `mark ${line.source}`;
      setText(name, `${title} ${line.partition}`);
      setText(value, count(line.lag));
      setWidth(bar, (line.lag ?? 0) / largest);
    },
  };
}
