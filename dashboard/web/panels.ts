import type { Chart } from "./charts/chart.ts";
import { element } from "./element.ts";
import type { Frame, PageHandle } from "./frame.ts";
import { drawnInSight } from "./in-sight.ts";

/** Makes a panel for each chart. @returns what draws a frame into all of them */
export function createPanels(target: HTMLElement, charts: readonly Chart[], page: PageHandle): (frame: Frame) => void {
  // The skeleton keeps room for those that a screen shows at first.
  const seenFirst = target.children.length;
  const draws = charts.map((chart, index) => {
    const unit = element("span", { class: "muted" }, chart.unit);
    const head = element("div", { class: "head-end" });
    const body = element("div", { class: "body" });
    const heading = element("h2", { id: `${chart.id}-title` }, chart.title);
    const root = element(
      "section",
      { class: `panel columns-${chart.columns}`, id: chart.id, "aria-labelledby": `${chart.id}-title` },
      element("header", {}, heading, unit, head),
      body,
    );
    const panel = { title: chart.title, root, unit, head, body };
    return { root, draw: drawnInSight(root, index < seenFirst, chart.mount(panel, page)) };
  });
  target.replaceChildren(...draws.map(({ root }) => root));
  return (frame) => {
    for (const { draw } of draws) draw(frame);
  };
}
