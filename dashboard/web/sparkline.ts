import { element } from "./element.ts";
import type { Frame } from "./frame.ts";
import { color } from "./palette.ts";

/** Points at most: a small picture has no more pixels. */
const MOST_POINTS = 90;

/** A small line without axes. Decoration: the number stands above it. */
export interface Sparkline {
  readonly root: HTMLCanvasElement;
  draw(frame: Frame, variable: string, read: (second: number) => number | null): void;
}

/** Makes a small line. */
export function createSparkline(): Sparkline {
  const root = element("canvas", { class: "spark", "aria-hidden": "true" });
  let [width, height] = [0, 0];
  new ResizeObserver(() => {
    // Read here and not while drawing, where it would make the browser lay the page out.
    [width, height] = [root.clientWidth * devicePixelRatio, root.clientHeight * devicePixelRatio];
    [root.width, root.height] = [width, height];
  }).observe(root);
  return {
    root,
    draw: ({ from, to }, variable, read) => {
      const context = root.getContext("2d");
      if (context === null || width === 0) return;
      const step = Math.max(1, Math.ceil((to - from) / MOST_POINTS));
      const values: (number | null)[] = [];
      // Each point is the largest of its seconds, so that a short peak does not come and go as the line moves.
      for (let at = Math.ceil(from / step) * step; at < to; at += step)
        values.push(largest(at, Math.min(to, at + step), read));
      const most = Math.max(1, ...values.map((value) => value ?? 0));
      context.clearRect(0, 0, width, height);
      context.strokeStyle = color(variable);
      context.lineWidth = 1.5 * devicePixelRatio;
      context.lineJoin = "round";
      context.beginPath();
      let isDown = false;
      for (const [index, value] of values.entries()) {
        if (value === null) {
          isDown = false;
          continue;
        }
        const x = (index / Math.max(1, values.length - 1)) * width;
        const y = height - 2 - (value / most) * (height - 4);
        if (isDown) context.lineTo(x, y);
        else context.moveTo(x, y);
        isDown = true;
      }
      context.stroke();
    },
  };
}

function largest(from: number, to: number, read: (second: number) => number | null): number | null {
  let most: number | null = null;
  for (let second = from; second < to; second++) {
    const value = read(second);
    if (value !== null && (most === null || value > most)) most = value;
  }
  return most;
}
