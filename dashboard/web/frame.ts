import type { SourceId } from "#contract/sources.ts";
import type { RangeSeconds, Sample, SlowState, Tick, TopLists } from "./feed-format.ts";
import type { SecondRing } from "./second-ring.ts";
import type { Totals } from "./totals.ts";

/** What is to be drawn, at one moment: every part of the page draws from the same. */
export interface Frame {
  readonly ring: SecondRing;
  /** `undefined` before the first tick. */
  readonly tick: Tick | undefined;
  readonly slow: SlowState;
  /** The last complete second, or -1. */
  readonly newest: number;
  /** First second shown. */
  readonly from: number;
  /** The second after the last one shown. */
  readonly to: number;
  /** Like `from`, but not before the reset. */
  readonly countFrom: number;
  readonly top: TopLists;
  readonly topRange: RangeSeconds;
  readonly samples: readonly Sample[];
  /** Since the reset, if there was one. */
  readonly totals: Readonly<Record<SourceId, Totals>>;
}

/** What a part of the page may ask of the page. */
export interface PageHandle {
  zoomTo(from: number, to: number): void;
  backToLive(): void;
  /** Says a sentence to those who do not see the page. */
  announce(sentence: string): void;
}
