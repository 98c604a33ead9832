import { Connection } from "./connection.ts";
import type { History, RangeSeconds, Sample, Second, SlowState, Snapshot, Tick, TopLists } from "./feed-format.ts";
import { LONGEST_RANGE_SECONDS, RANGES } from "./feed-format.ts";
import { SecondRing } from "./second-ring.ts";
import { ServerClock } from "./server-clock.ts";

const SAMPLES_KEPT = 200;
/** The page waits no longer for its past; it takes it whenever it comes. */
const LONGEST_WAIT_MS = 1_000;
/** What most pages show at first; a third of the work until there is a chart. */
const FIRST_RANGE_SECONDS = 300;
const NO_TOP: TopLists = { products: [], states: [] };

/** What changed: the second is complete (charts), a count moved (tiles), or the connection. */
export type FeedChange = "seconds" | "tick" | "state";

/** Everything that the server has told, kept in memory of a fixed size. Knows nothing of what is shown. */
export class Feed {
  readonly ring: SecondRing = new SecondRing();
  readonly clock: ServerClock = new ServerClock();
  readonly connection: Connection;
  /** Newest first. */
  samples: readonly Sample[] = [];
  /** The last tick; `undefined` before the first. */
  tick: Tick | undefined;
  slow: SlowState = { parts: [], controls: [], top: { 60: NO_TOP, 300: NO_TOP, 900: NO_TOP } };
  isTokenNeeded = false;
  readonly #onChange: (change: FeedChange) => void;
  #snapshots = 0;
  #ticksHeard: number[] = [];
  /** For each history under way the seconds that were told meanwhile: it may be older than they are. */
  readonly #told = new Set<Set<number>>();

  constructor(onChange: (change: FeedChange) => void) {
    this.#onChange = onChange;
    this.connection = new Connection({
      onSnapshot: (snapshot) => this.#hearSnapshot(snapshot),
      onTick: (tick) => this.#hear(tick),
      onState: () => onChange("state"),
    });
  }

  /** @returns when there is enough to draw */
  start(): Promise<unknown> {
    this.connection.open();
    const longest = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS));
    return Promise.race([longest, this.#readHistory(FIRST_RANGE_SECONDS)]);
  }

  /** Reads all of the past that can be shown. */
  readPast(): Promise<void> {
    return this.#readHistory(LONGEST_RANGE_SECONDS);
  }

  /** Ticks per second, over the last two. */
  get ticksPerSecond(): number {
    const now = performance.now();
    this.#ticksHeard = this.#ticksHeard.filter((at) => now - at < 2_000);
    const spanMs = now - (this.#ticksHeard[0] ?? now);
    return spanMs === 0 ? 0 : Math.round(((this.#ticksHeard.length - 1) / spanMs) * 1000);
  }

  #hearSnapshot(snapshot: Snapshot): void {
    this.isTokenNeeded = snapshot.isTokenNeeded;
    // Seconds between the last tick and this snapshot were missed, but for the first one.
    if (this.#snapshots++ > 0) void this.readPast();
    this.#hear(snapshot);
  }

  #hear(tick: Tick): void {
    this.clock.hear(tick.nowMs);
    this.#ticksHeard.push(performance.now());
    this.tick = tick;
    const before = JSON.stringify(this.slow.parts);
    this.slow = tick.slow ?? this.slow;
    this.#addSamples(tick.samples);
    for (const told of this.#told) for (const { second } of tick.seconds) told.add(second);
    this.#addSeconds(tick.seconds);
    this.#onChange(JSON.stringify(this.slow.parts) === before ? "tick" : "state");
  }

  async #readHistory(rangeSeconds: RangeSeconds): Promise<void> {
    const told = new Set<number>();
    this.#told.add(told);
    try {
      // The page's head names the first of these addresses, so that it is under way before this script is here.
      const answer = await fetch(`api/history?range=${rangeSeconds}`);
      const history = (await answer.json()) as History;
      // The page begins with it; but what a stream has told is newer.
      if (this.tick === undefined) this.#hear({ ...history, samples: [], seconds: [] });
      this.#addSamples(history.samples);
      this.#addSeconds(history.seconds.filter(({ second }) => !told.has(second)));
    } catch {
      // No answer, or a problem instead of a history. The connection says so; the next snapshot asks again.
    } finally {
      this.#told.delete(told);
    }
  }

  #addSeconds(seconds: readonly Second[]): void {
    for (const second of seconds) this.ring.put(second);
    if (seconds.length > 0) this.#onChange("seconds");
  }

  #addSamples(fresh: readonly Sample[]): void {
    if (fresh.length === 0) return;
    // The history tells again what ticks have told.
    const byId = new Map([...this.samples, ...fresh].map((sample) => [sample.id, sample]));
    this.samples = [...byId.values()].sort((a, b) => b.storedAtMs - a.storedAtMs).slice(0, SAMPLES_KEPT);
  }
}

/** The smallest range that holds a span of seconds. */
export function rangeOf(seconds: number): RangeSeconds {
  return RANGES.find((range) => range >= seconds) ?? LONGEST_RANGE_SECONDS;
}
