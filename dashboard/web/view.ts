import type { SourceId } from "#contract/sources.ts";
import type { Feed } from "./feed.ts";
import { rangeOf } from "./feed.ts";
import { type LedgerLine, RANGES, type RangeSeconds, type Tick } from "./feed-format.ts";
import type { Frame } from "./frame.ts";
import { Setting } from "./setting.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** From where counts are shown: nothing is deleted, this browser only subtracts. */
interface Baseline {
  readonly atMs: number;
  readonly totals: Readonly<Record<SourceId, Totals>>;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Frozen {
  readonly newest: number;
  readonly tick: Tick | undefined;
}

/** What the person chose to look at: range, zoom, pause, baseline. */
export class View {
  readonly #onChange: () => void;
  readonly #range = new Setting<RangeSeconds>("range", 300, (value) => RANGES.some((range) => range === value));
  readonly #baseline = new Setting<Baseline | null>("baseline", null, isBaseline);
  #zoom: Span | undefined;
  #frozen: Frozen | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get range(): RangeSeconds {
    return this.#range.value;
  }

  set range(range: RangeSeconds) {
    this.#range.value = range;
    this.#zoom = undefined;
    this.#onChange();
  }

  get isZoomed(): boolean {
    return this.#zoom !== undefined;
  }

  get isPaused(): boolean {
    return this.#frozen !== undefined;
  }

  /** When the counts were last reset, or `undefined`. */
  get resetAtMs(): number | undefined {
    return this.#baseline.value?.atMs;
  }

  /** Shows a span of seconds until {@link backToLive}; at least five, since less is hardly meant. */
  zoomTo(from: number, to: number): void {
    const middle = (from + to) / 2;
    const half = Math.max(2.5, (to - from) / 2);
    this.#zoom = { from: Math.floor(middle - half), to: Math.ceil(middle + half) };
    this.#onChange();
  }

  backToLive(): void {
    if (this.#zoom === undefined && this.#frozen === undefined) return;
    this.#zoom = undefined;
    this.#frozen = undefined;
    this.#onChange();
  }

  /** Drawing stops, collecting goes on. */
  togglePause(feed: Feed): void {
    this.#frozen = this.#frozen === undefined ? { newest: feed.ring.newest, tick: feed.tick } : undefined;
    this.#onChange();
  }

  reset(feed: Feed): void {
    const lines = this.#frozen?.tick?.ledger ?? feed.tick?.ledger;
    if (lines === undefined) return;
    this.#baseline.value = { atMs: feed.clock.now(), totals: totalsOf(lines) };
    this.#onChange();
  }

  forgetReset(): void {
    this.#baseline.value = null;
    this.#onChange();
  }

  frame(feed: Feed): Frame {
    const tick = this.#frozen === undefined ? feed.tick : this.#frozen.tick;
    const newest = this.#frozen?.newest ?? feed.ring.newest;
    const end = (newest < 0 ? Math.floor((feed.clock.now() || 0) / 1000) : newest) + 1;
    const { from, to } = this.#zoom ?? { from: end - this.#range.value, to: end };
    return {
      ring: feed.ring,
      tick,
      newest,
      from,
      to,
      countFrom: Math.max(from, Math.ceil((this.resetAtMs ?? 0) / 1000)),
      slow: feed.slow,
      top: feed.slow.top[rangeOf(to - from)],
      topRange: rangeOf(to - from),
      samples: feed.samples,
      totals: this.#totals(tick?.ledger ?? []),
    };
  }

  /** Since the reset, if there was one. */
  #totals(lines: readonly LedgerLine[]): Readonly<Record<SourceId, Totals>> {
    const totals = totalsOf(lines);
    const before = this.#baseline.value?.totals;
    if (before === undefined || lines.length === 0) return totals;
    for (const id of Object.keys(totals) as SourceId[]) {
      for (const name of Object.keys(totals[id]) as (keyof Totals)[]) {
        totals[id][name] -= before[id]?.[name] ?? 0;
        if (totals[id][name] >= 0) continue;
        // The pipeline began anew since: the baseline belongs to data that is gone.
        this.#baseline.value = null;
        return totalsOf(lines);
      }
    }
    return totals;
  }
}

function isBaseline(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === "object" && "totals" in value && "atMs" in value && typeof value.atMs === "number";
}
