import { SOURCES } from "#contract/sources.ts";
import { Actions } from "./actions.ts";
import { Announcer } from "./announcer.ts";
import { CHARTS } from "./charts/list.ts";
import { byId, element, setAttribute, setText } from "./element.ts";
import { Feed } from "./feed.ts";
import { RANGES } from "./feed-format.ts";
import { timeOfDay } from "./formats.ts";
import type { Frame } from "./frame.ts";
import { listenToKeys } from "./keyboard.ts";
import { createLedgerDialog } from "./ledger-dialog.ts";
import { createLettersDialog } from "./letters-dialog.ts";
import { forgetColors } from "./palette.ts";
import { createPanels } from "./panels.ts";
import { outages } from "./part-words.ts";
import { createPipeline } from "./pipeline-picture.ts";
import { createRecent } from "./recent-transactions.ts";
import { Setting } from "./setting.ts";
import { drawStatus, statusOf } from "./status-pill.ts";
import { createTiles } from "./tile-row.ts";
import { createTokenQuestion } from "./token-dialog.ts";
import { View } from "./view.ts";

let isScheduled = false;
/** Charts and small lines are drawn when a second is complete or the view has changed, not at each tick. */
let isNewSecond = true;

const feed = new Feed((change) => {
  if (change === "seconds") isNewSecond = true;
  schedule();
});
const view = new View(() => {
  isNewSecond = true;
  schedule();
});

const actions = new Actions(createTokenQuestion());
const announcer = new Announcer(byId("announcements"));
const openLetters = createLettersDialog(actions);
const ledger = createLedgerDialog();
const drawPipeline = createPipeline(byId("pipeline"), actions);
const drawTiles = createTiles(byId("tiles"), (id) => (id === "accounted" ? ledger.open() : openLetters()));
const drawPanels = createPanels(byId("charts"), CHARTS, {
  zoomTo: (from, to) => view.zoomTo(from, to),
  backToLive: () => view.backToLive(),
  announce: (sentence) => announcer.say(sentence),
});
const drawRecent = createRecent(byId("recent"));
const drawEmptyState = createEmptyState();
const drawControls = createControls();

feed.start();
schedule();

/** At most one drawing per frame of the screen; a hidden page has no frames, and draws once when it is shown. */
function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(draw);
}

function draw(): void {
  isScheduled = false;
  const status = statusOf(feed, view.isPaused);
  drawStatus(byId("status"), status);
  drawBanner();
  const frame = view.frame(feed);
  drawControls();
  drawPipeline(frame, feed.clock.now());
  if (view.isPaused && !isNewSecond) return;
  drawTiles(frame, isNewSecond);
  drawEmptyState(frame);
  ledger.draw(frame);
  if (!view.isPaused) drawRecent(frame.samples);
  if (isNewSecond) drawPanels(frame);
  isNewSecond = false;
  announcer.sayNow(frame, `${status.word} ${status.more}`);
}

/** What is wrong, in sentences; the words change only when something changes, since they are read aloud. */
function drawBanner(): void {
  const { connection, tick, clock } = feed;
  const isAway = connection.state === "reconnecting" || connection.state === "stale";
  const sinceMs = clock.now() - connection.silentMs;
  const sentences = isAway
    ? [`The dashboard's server does not answer since ${timeOfDay(sinceMs)}. What you see is from then.`]
    : outages(tick?.parts ?? []);
  const banner = byId("outages");
  if (banner.dataset["said"] === sentences.join("\n")) return;
  banner.dataset["said"] = sentences.join("\n");
  banner.hidden = sentences.length === 0;
  banner.replaceChildren(...sentences.map((sentence) => element("p", {}, sentence)));
}

/** Before the first transaction: what to do, and the buttons that do it. */
function createEmptyState(): (frame: Frame) => void {
  const target = byId("empty");
  const buttons = target.querySelector(".buttons");
  const status = target.querySelector("output");
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    const message = await work().then(
      () => "✓ Done. It appears here as soon as its second is over.",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (status) setText(status, message);
  };
  for (const { id, title } of SOURCES) {
    const sendOne = element("button", { type: "button", class: "primary" }, `Send one from ${title}`);
    sendOne.addEventListener("click", () => void attempt(() => actions.sendOne(id)));
    buttons?.append(sendOne);
  }
  const flow = element("button", { type: "button" }, "Let Faker send 100 a second");
  flow.addEventListener("click", () => void attempt(() => actions.setRate("faker", 100)));
  buttons?.append(flow);
  return ({ tick, ring, newest }) => {
    const isEmpty =
      tick?.ledger.every(({ firstOffset, nextOffset, endOffset }) => (endOffset ?? nextOffset) === firstOffset) ??
      false;
    const isQuiet = newest < 0 || SOURCES.every(({ id }) => !ring.stored(id, newest));
    target.hidden = !(isEmpty && isQuiet);
  };
}

/** The controls in the page's head. */
function createControls(): () => void {
  const ranges = RANGES.map((range) => {
    const button = element("button", { type: "button" }, `${range / 60} min`);
    button.addEventListener("click", () => {
      view.range = range;
    });
    return { range, button };
  });
  byId("ranges").replaceChildren(...ranges.map(({ button }) => button));
  const [pause, reset, live, since, theme] = ["pause", "reset", "back-to-live", "since", "theme"].map(byId);
  pause?.addEventListener("click", () => view.togglePause(feed));
  reset?.addEventListener("click", () => view.reset(feed));
  live?.addEventListener("click", () => view.backToLive());
  since?.querySelector("button")?.addEventListener("click", () => view.forgetReset());
  listenToKeys({
    togglePause: () => view.togglePause(feed),
    backToLive: () => view.backToLive(),
    chooseRange: (index) => {
      view.range = RANGES[index] ?? view.range;
    },
  });
  listenToTheme(theme);
  return () => {
    for (const { range, button } of ranges)
      setAttribute(button, "aria-pressed", String(range === view.range && !view.isZoomed));
    if (pause) setAttribute(pause, "aria-pressed", String(view.isPaused));
    if (live) live.hidden = !view.isZoomed && !view.isPaused;
    const { resetAtMs } = view;
    if (since) since.hidden = resetAtMs === undefined;
    const words = since?.querySelector("span");
    if (words && resetAtMs !== undefined) setText(words, `Counts since the reset at ${timeOfDay(resetAtMs)}.`);
  };
}

function listenToTheme(button: HTMLElement | undefined): void {
  const chosen = new Setting<"light" | "dark" | null>("theme", null, (value) => value === "light" || value === "dark");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const redraw = (): void => {
    forgetColors();
    isNewSecond = true;
    schedule();
  };
  system.addEventListener("change", redraw);
  button?.addEventListener("click", () => {
    const isDark = (chosen.value ?? (system.matches ? "dark" : "light")) === "dark";
    chosen.value = isDark ? "light" : "dark";
    document.documentElement.dataset["theme"] = chosen.value;
    redraw();
  });
}
