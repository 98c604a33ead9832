import { byId, element, setAttribute, setText } from "./element.ts";
import type { Feed } from "./feed.ts";
import { RANGES } from "./feed-format.ts";
import { timeOfDay } from "./formats.ts";
import { listenToKeys } from "./keyboard.ts";
import { forgetColors } from "./palette.ts";
import { Setting } from "./setting.ts";
import type { View } from "./view.ts";

/** What the controls of the page's head work on. */
export interface ControlsOptions {
  readonly feed: Feed;
  readonly view: View;
  /** Everything has another colour now. */
  readonly onTheme: () => void;
}

/** Brings the controls of the page's head to life. @returns what draws their states */
export function createControls({ feed, view, onTheme }: ControlsOptions): () => void {
  const ranges = RANGES.map((range) => {
    const button = element("button", { type: "button" }, `${range / 60} min`);
    button.addEventListener("click", () => {
      view.range = range;
    });
    return { range, button };
  });
  byId("ranges").replaceChildren(...ranges.map(({ button }) => button));
  const [pause, live, since] = [byId("pause"), byId("back-to-live"), byId("since")];
  const sinceWords = element("span");
  const showAll = element("button", { type: "button", class: "link" }, "Show all again");
  since.append(sinceWords, " ", showAll);
  pause.addEventListener("click", () => view.togglePause(feed));
  live.addEventListener("click", () => view.backToLive());
  byId("reset").addEventListener("click", () => view.reset(feed));
  showAll.addEventListener("click", () => view.forgetReset());
  listenToKeys({
    togglePause: () => view.togglePause(feed),
    backToLive: () => view.backToLive(),
    chooseRange: (index) => {
      view.range = RANGES[index] ?? view.range;
    },
  });
  listenToTheme(onTheme);
  return () => {
    for (const { range, button } of ranges)
      setAttribute(button, "aria-pressed", String(range === view.range && !view.isZoomed));
    setAttribute(pause, "aria-pressed", String(view.isPaused));
    live.hidden = !view.isZoomed && !view.isPaused;
    since.hidden = view.resetAtMs === undefined;
    if (view.resetAtMs !== undefined) setText(sinceWords, `Counts since the reset at ${timeOfDay(view.resetAtMs)}.`);
  };
}

function listenToTheme(onTheme: () => void): void {
  const chosen = new Setting<"light" | "dark" | null>("theme", null, (value) => value === "light" || value === "dark");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const redraw = (): void => {
    forgetColors();
    onTheme();
  };
  system.addEventListener("change", redraw);
  byId("theme").addEventListener("click", () => {
    const isDark = (chosen.value ?? (system.matches ? "dark" : "light")) === "dark";
    chosen.value = isDark ? "light" : "dark";
    document.documentElement.dataset["theme"] = chosen.value;
    redraw();
  });
}
