import { Connection } from "./connection.ts";
import type { History, RangeSeconds, Sample, Second, SlowState, Snapshot, Tick, TopLists } from "./feed-format.ts";
import { LONGEST_RANGE_SECONDS, RANGES } from "./feed-format.ts";
import { SecondRing } from "./second-ring.ts";
import { ServerClock } from "./server-clock.ts";

const SAMPLES_KEPT = 200;
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
  #ticksHeard: number[] = [];

  constructor(onChange: (change: FeedChange) => void) {
    this.#onChange = onChange;
    this.connection = new Connection({
      onSnapshot: (snapshot) => this.#hearSnapshot(snapshot),
      onTick: (tick) => this.#hear(tick),
      onState: () => onChange("state"),
    });
  }

  start(): void {
    this.connection.open();
    void this.#readHistory();
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
    // Seconds between the last tick and this snapshot were missed; the first time, the history is under way already.
    if (this.tick !== undefined) void this.#readHistory();
    this.#hear(snapshot);
  }

  #hear(tick: Tick): void {
    this.clock.hear(tick.nowMs);
    this.#ticksHeard.push(performance.now());
    this.tick = tick;
    const isOtherState = JSON.stringify(tick.slow?.parts ?? this.slow.parts) !== JSON.stringify(this.slow.parts);
    if (tick.slow !== undefined) this.slow = tick.slow;
    this.#addSamples(tick.samples);
    this.#addSeconds(tick.seconds);
    this.#onChange(isOtherState ? "state" : "tick");
  }

  async #readHistory(): Promise<void> {
    try {
      const answer = await fetch(`api/history?range=${LONGEST_RANGE_SECONDS}`);
      if (!answer.ok) throw new Error(`the history answered ${answer.status}`);
      const history = (await answer.json()) as History;
      this.#addSamples(history.samples);
      this.#addSeconds(history.seconds);
      this.#onChange("seconds");
    } catch {
      // The connection says that the server is away; the next snapshot asks again.
    }
  }

  #addSeconds(seconds: readonly Second[]): void {
    if (seconds.length === 0) return;
    for (const second of seconds) this.ring.put(second);
    this.#onChange("seconds");
  }

  #addSamples(fresh: readonly Sample[]): void {
    if (fresh.length === 0) return;
    const known = new Set(this.samples.map(({ id }) => id));
    const added = fresh.filter(({ id }) => !known.has(id));
    if (added.length === 0) return;
    this.samples = [...added, ...this.samples].sort((a, b) => b.storedAtMs - a.storedAtMs).slice(0, SAMPLES_KEPT);
  }
}

/** The smallest range that holds a span of seconds. */
export function rangeOf(seconds: number): RangeSeconds {
  return RANGES.find((range) => range >= seconds) ?? LONGEST_RANGE_SECONDS;
}
