import { Actions } from "./actions.ts";
import { Announcer } from "./announcer.ts";
import { drawBanner } from "./banner.ts";
import { CHARTS } from "./charts/list.ts";
import { createControls } from "./controls.ts";
import { byId } from "./element.ts";
import { createEmptyState } from "./empty-state.ts";
import type { Feed, FeedChange } from "./feed.ts";
import type { Frame } from "./frame.ts";
import { createLedgerDialog, type LedgerDialog } from "./ledger-dialog.ts";
import { createLettersDialog } from "./letters-dialog.ts";
import { createPanels } from "./panels.ts";
import { createPipeline, type DrawPipeline } from "./pipeline-picture.ts";
import { createRecent, type DrawRecent } from "./recent-transactions.ts";
import { drawStatus, statusOf } from "./status-pill.ts";
import { createTiles, type DrawTiles } from "./tile-row.ts";
import { createTokenQuestion } from "./token-dialog.ts";
import { View } from "./view.ts";

/** Builds the page into the skeleton and keeps it drawn. */
export class Page {
  readonly #feed: Feed;
  readonly #view: View = new View(() => this.#drawAll());
  readonly #actions = new Actions(createTokenQuestion());
  readonly #announcer = new Announcer(byId("announcements"));
  readonly #ledger: LedgerDialog = createLedgerDialog();
  readonly #drawPipeline: DrawPipeline;
  readonly #drawTiles: DrawTiles;
  readonly #drawPanels: (frame: Frame) => void;
  readonly #drawRecent: DrawRecent;
  readonly #drawEmptyState: (frame: Frame) => void;
  readonly #drawControls: () => void;
  #isScheduled = false;
  /** A second is complete, the view or the state of a part has changed: more is drawn than at each tick. */
  #isNewSecond = true;

  constructor(feed: Feed) {
    this.#feed = feed;
    const openLetters = createLettersDialog(this.#actions);
    this.#drawPipeline = createPipeline(byId("pipeline"), this.#actions);
    this.#drawTiles = createTiles(byId("tiles"), (id) => (id === "accounted" ? this.#ledger.open() : openLetters()));
    this.#drawPanels = createPanels(byId("charts"), CHARTS, {
      zoomTo: (from, to) => this.#view.zoomTo(from, to),
      backToLive: () => this.#view.backToLive(),
      announce: (sentence) => this.#announcer.say(sentence),
    });
    this.#drawRecent = createRecent(byId("recent"));
    this.#drawEmptyState = createEmptyState(byId("empty"), this.#actions);
    this.#drawControls = createControls({ feed, view: this.#view, onTheme: () => this.#drawAll() });
    this.#schedule();
  }

  /** To be called when the feed has heard something. */
  onFeed(change: FeedChange): void {
    if (change !== "tick") this.#isNewSecond = true;
    this.#schedule();
  }

  #drawAll(): void {
    this.#isNewSecond = true;
    this.#schedule();
  }

  /** At most one drawing per frame of the screen; a hidden page has no frames, and draws once when it is shown. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => this.#draw());
  }

  /**
   * Each tick the numbers that move with it; what belongs to a second once a second, all in one frame: two of them would
   * lay the page out and paint it twice.
   */
  #draw(): void {
    this.#isScheduled = false;
    const feed = this.#feed;
    const { isPaused } = this.#view;
    const isNewSecond = this.#isNewSecond;
    this.#isNewSecond = false;
    const status = statusOf(feed, isPaused);
    drawStatus(byId("status"), status, isNewSecond);
    if (feed.tick === undefined) return;
    drawBanner(byId("outages"), feed);
    const frame = this.#view.frame(feed);
    if (isPaused && !isNewSecond) return;
    this.#drawTiles(frame, isNewSecond);
    this.#ledger.draw(frame);
    if (!isNewSecond) return;
    this.#drawControls();
    this.#drawPipeline(frame, feed.clock.now());
    this.#drawEmptyState(frame);
    this.#announcer.sayNow(frame, `${status.word} ${status.more}`);
    this.#drawPanels(frame);
    if (!isPaused) this.#drawRecent(frame.samples);
  }
}
