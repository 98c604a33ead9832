import type uPlot from "uplot";

/** Moves a chart's cursor, and with it those of the others, by arrow keys, Home and End. @returns whether it was one */
export function cursorKeys(chart: uPlot, event: KeyboardEvent): boolean {
  const last = (chart.data[0]?.length ?? 0) - 1;
  const at = chart.cursor.idx ?? last;
  const step = event.shiftKey ? 10 : 1;
  const target = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: last }[event.key];
  if (target === undefined || last < 0) return false;
  event.preventDefault();
  const second = chart.data[0]?.[Math.min(last, Math.max(0, target))] ?? 0;
  moveCursor(chart, chart.valToPos(second, "x"));
  return true;
}

/** uPlot knows no touch: a finger that moves sideways moves the cursor, one that moves up or down scrolls the page. */
export function followTouch(chart: uPlot): void {
  const { over } = chart;
  const follow = (event: PointerEvent): void => {
    if (event.pointerType !== "touch") return;
    const { left } = over.getBoundingClientRect();
    moveCursor(chart, event.clientX - left);
  };
  over.addEventListener("pointerdown", follow);
  over.addEventListener("pointermove", follow);
}

function moveCursor(chart: uPlot, left: number): void {
  // Its types hide the third parameter, which makes the other charts follow.
  const set = chart.setCursor as (at: { left: number; top: number }, fire: boolean, publish: boolean) => void;
  set({ left, top: chart.over.clientHeight / 2 }, true, true);
}
