import { SOURCES } from "#contract/sources.ts";

/** Colours that people tell apart whatever their eyes are, for light and for dark, the ones of areas behind them. */
const COLORS = [
  ["light-dark(#0b6bcb,#58a6ff)", "light-dark(#a9cbef,#2a4a70)"],
  ["light-dark(#c2570c,#f0994b)", "light-dark(#eac5ab,#6b4a2d)"],
  ["light-dark(#7a3e9d,#c792ea)", "light-dark(#d6c1e3,#553c66)"],
  ["light-dark(#1b7f79,#4fc3ba)", "light-dark(#b0d8d5,#27504d)"],
] as const;
/** Square, circle, diamond, triangle. */
const SHAPES = [
  "--rounding:2px",
  "--rounding:50%",
  "--rounding:0;--outline:polygon(50% 0,100% 50%,50% 100%,0 50%)",
  "--rounding:0;--outline:polygon(50% 0,100% 100%,0 100%)",
] as const;
/** Figures that are there whatever the sources are. */
const OTHER_TILES = 6;

/** What each source looks like, by its place in the list; the rest of the style sheet uses these variables. */
export function sourceStyles(): string {
  const colors = SOURCES.map(({ id }, place) => {
    const [line, area] = COLORS[place % COLORS.length] ?? COLORS[0];
    return `--${id}:${line};--${id}-area:${area}`;
  });
  const rules = SOURCES.map(({ id }, place) => {
    const row = `--row:${place + 1};--source:var(--${id})`;
    return `.${id},.${id}+.edge{${row};${SHAPES[place % SHAPES.length]}}`;
  });
  const counts = `--below-sources:${SOURCES.length + 1};--tiles:${SOURCES.length + OTHER_TILES}`;
  return `:root{${[...colors, counts].join(";")}}${rules.join("")}`;
}

/** What stands in the picture of the pipeline until the page knows more. */
export function sourceNodes(): string {
  return SOURCES.map(({ id, title }) => `<div class="node ${id} source"><h3>${title}</h3></div>`).join("");
}
