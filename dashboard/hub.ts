import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { EventStream } from "#runtime/event-stream.ts";
import { LedgerLines } from "./ledger-lines.ts";
import type { LedgerWatch } from "./ledger-watch.ts";
import type { OffsetsWatch } from "./offsets-watch.ts";
import type { PartStates } from "./part-states.ts";
import type { RollupsWatch } from "./rollups-watch.ts";
import type { Samples } from "./samples.ts";
import type { ServicesWatch } from "./services-watch.ts";
import {
  type History,
  RANGES,
  type Sample,
  type Second,
  type SlowState,
  type Snapshot,
  type Tick,
} from "./web/feed-format.ts";

/** What the hub puts together. */
export interface HubOptions {
  readonly stream: EventStream;
  readonly topics: Readonly<Record<SourceId, string>>;
  readonly isTokenNeeded: boolean;
  readonly parts: PartStates;
  readonly offsets: OffsetsWatch;
  readonly ledger: LedgerWatch;
  readonly rollups: RollupsWatch;
  readonly services: ServicesWatch;
  readonly samples: Samples;
}

/** Never more than ten a second, … */
const TICK_MS = 95;
/** … and, while MongoDB does not answer, never much fewer. */
const LATE_TICK_MS = 200;
const SAMPLE_EVERY_MS = 1_000;
const SLOW_EVERY_TICKS = 10;
/**
 * A page asks for the history before its stream is open, and ticks go to open streams only: the first frame repeats
 * what became known meanwhile.
 */
const REPEATED_SECONDS = 5;
const REPEATED_SAMPLES = 10;
/** All pages that come back together get the same bytes, and the same sums of thousands of names. */
const FRESH_MS = 500;
const encoder = new TextEncoder();

/** Puts together what the watches know, and tells all pages at once: one encoded tick for everybody. */
export class Hub {
  readonly #options: HubOptions;
  readonly #run: string = crypto.randomUUID();
  readonly #ledgerLines: LedgerLines;
  readonly #histories = new Map<number, { readonly madeAt: number; readonly bytes: Uint8Array<ArrayBuffer> }>();
  /** JSON of a `Snapshot`, made after so many ticks. */
  #first: { readonly ticks: number; readonly snapshot: string } | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ticks = 0;
  #tickedAt = 0;
  #slowTold = "";
  #sampledAt = 0;
  #freshSamples: Sample[] = [];
  #top: { readonly madeAt: number; readonly lists: SlowState["top"] } | undefined;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#ledgerLines = new LedgerLines(options);
  }

  start(): void {
    const { offsets, ledger, rollups, services } = this.#options;
    offsets.start();
    rollups.start();
    services.start();
    ledger.start(() => {
      this.#ledgerLines.note();
      this.#tickAfter(TICK_MS);
    });
    this.#timer = setInterval(() => this.#tickAfter(LATE_TICK_MS), TICK_MS);
  }

  async stop(): Promise<void> {
    const { stream, offsets, ledger, rollups, services } = this.#options;
    clearInterval(this.#timer);
    stream.close();
    services.stop();
    rollups.stop();
    ledger.stop();
    await offsets.stop();
  }

  /** The first frame of a stream: how long to wait before coming back, and everything as it is now. */
  firstFrame(): Uint8Array {
    // Not longer than until the next tick: what that one tells goes to open streams only.
    if (this.#first?.ticks !== this.#ticks) {
      const samples = this.#options.samples.kept.slice(0, REPEATED_SAMPLES);
      this.#first = { ticks: this.#ticks, snapshot: JSON.stringify(this.#snapshot(REPEATED_SECONDS, samples)) };
    }
    // Pages that lose the server together should not come back together.
    const retryMs = 500 + Math.floor(Math.random() * 1_500);
    return encoder.encode(`retry: ${retryMs}\nevent: snapshot\nid: ${this.#ticks}\ndata: ${this.#first.snapshot}\n\n`);
  }

  /** JSON of a `History`. */
  history(rangeSeconds: number): Uint8Array<ArrayBuffer> {
    const now = performance.now();
    const known = this.#histories.get(rangeSeconds);
    if (known !== undefined && now - known.madeAt < FRESH_MS) return known.bytes;
    const history: History = this.#snapshot(rangeSeconds, this.#options.samples.kept);
    const bytes = encoder.encode(JSON.stringify(history));
    // A caller may ask for any range: those are kept that pages ask for.
    if (RANGES.some((range) => range === rangeSeconds)) this.#histories.set(rangeSeconds, { madeAt: now, bytes });
    return bytes;
  }

  #tickAfter(ms: number): void {
    const now = performance.now();
    if (now - this.#tickedAt < ms) return;
    this.#tickedAt = now;
    this.#tick();
  }

  #tick(): void {
    const { stream, rollups } = this.#options;
    this.#ticks++;
    this.#readSamples();
    const seconds = rollups.takeChanged();
    const samples = this.#freshSamples;
    this.#freshSamples = [];
    if (stream.size === 0) return;
    const tick = this.#state(seconds, samples);
    const whole = this.#isSlowDue() ? { ...tick, slow: this.#slowState() } : tick;
    stream.send(encoder.encode(`event: tick\nid: ${this.#ticks}\ndata: ${JSON.stringify(whole)}\n\n`));
  }

  #isSlowDue(): boolean {
    const { parts, services } = this.#options;
    const now = JSON.stringify([parts.all(), services.controls]);
    const isDue = now !== this.#slowTold || this.#ticks % SLOW_EVERY_TICKS === 0;
    this.#slowTold = now;
    return isDue;
  }

  #slowState(): SlowState {
    const { parts, services } = this.#options;
    return { parts: parts.all(), controls: services.controls, top: this.#topLists() };
  }

  #topLists(): SlowState["top"] {
    const now = performance.now();
    if (this.#top === undefined || now - this.#top.madeAt >= FRESH_MS)
      this.#top = { madeAt: now, lists: this.#options.rollups.topLists() };
    return this.#top.lists;
  }

  #readSamples(): void {
    const now = performance.now();
    if (now - this.#sampledAt < SAMPLE_EVERY_MS) return;
    this.#sampledAt = now;
    const ids = this.#options.rollups.takeSamples();
    void this.#options.samples
      .read(ids)
      .then((fresh) => this.#freshSamples.unshift(...fresh))
      // MongoDB away is said elsewhere; a sample that is missed is missed.
      .catch(() => undefined);
  }

  #snapshot(rangeSeconds: number, samples: readonly Sample[]): Snapshot {
    const { isTokenNeeded, rollups } = this.#options;
    const state = this.#state(rollups.history(rangeSeconds), samples);
    return { ...state, slow: this.#slowState(), run: this.#run, isTokenNeeded };
  }

  #state(seconds: readonly Second[], samples: readonly Sample[]): Tick {
    return {
      nowMs: Date.now(),
      ledger: SOURCES.flatMap(({ id }) => this.#ledgerLines.of(id)),
      seconds,
      samples,
    };
  }
}
