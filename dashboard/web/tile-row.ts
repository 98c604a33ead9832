import { element, setText } from "./element.ts";
import type { Frame } from "./frame.ts";
import { createSparkline } from "./sparkline.ts";
import { TILES, type Tile } from "./tiles.ts";

/** Draws a frame into the tiles: their texts at each tick, their small lines with each second. */
export type DrawTiles = (frame: Frame, isNewSecond: boolean) => void;

/** Makes the tiles. @param open - called with the id of a tile that was clicked */
export function createTiles(target: HTMLElement, open: (id: string) => void): DrawTiles {
  const tiles = TILES.map((tile) => createTile(tile, open));
  target.replaceChildren(...tiles.map(({ root }) => root));
  return (frame, isNewSecond) => {
    for (const { draw } of tiles) draw(frame, isNewSecond);
  };
}

function createTile(tile: Tile, open: (id: string) => void): { root: HTMLElement; draw: DrawTiles } {
  const { id, label, mark, opens, line } = tile;
  const head = element("span", { class: "label" }, ...(mark ? [element("i", { class: `mark ${mark}` })] : []), label);
  const value = element("b", { class: "value" });
  const unit = element("span", { class: "unit" });
  const note = element("span", { class: "note" });
  const spark = line && createSparkline();
  const content = [head, element("span", { class: "figure" }, value, " ", unit), note, ...(spark ? [spark.root] : [])];
  const box = opens
    ? element("button", { type: "button", class: "tile", title: opens, click: () => open(id) }, ...content)
    : element("div", { class: "tile" }, ...content);
  const root = element("li", { id: `tile-${id}` }, box);
  return {
    root,
    draw: (frame, isNewSecond) => {
      const text = tile.read(frame);
      setText(value, text.value);
      setText(unit, text.unit ?? "");
      setText(note, text.note);
      const className = `note ${text.tone ?? ""}`;
      if (note.className !== className) note.className = className;
      if (line && isNewSecond) spark?.draw(frame, line.color, (second) => line.read(frame, second));
    },
  };
}
