import type { Snapshot, Tick } from "./feed-format.ts";

/** What a connection tells. */
export interface ConnectionListener {
  readonly onSnapshot: (snapshot: Snapshot) => void;
  readonly onTick: (tick: Tick) => void;
  /** Something about {@link Connection.state} may have changed. */
  readonly onState: () => void;
}

/** Nothing was heard for so long: what is shown is stale. */
const STALE_AFTER_MS = 2_000;
/** Nothing was heard for so long: the connection is dead even if nobody has noticed. */
const DEAD_AFTER_MS = 12_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** The stream of ticks, kept open. The browser itself gives up after an answer that is not 200; this does not. */
export class Connection {
  readonly #listener: ConnectionListener;
  #source: EventSource | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  #openedAt = 0;
  #isOpen = false;

  constructor(listener: ConnectionListener) {
    this.#listener = listener;
  }

  open(): void {
    this.#connect();
    setInterval(() => this.#tend(), 500);
  }

  /** `connecting` until the first message ever. */
  get state(): "connecting" | "live" | "stale" | "reconnecting" {
    if (this.#heardAt === 0) return "connecting";
    if (!this.#isOpen) return "reconnecting";
    return this.silentMs > STALE_AFTER_MS ? "stale" : "live";
  }

  /** How long ago something was heard. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  #connect(): void {
    this.#source?.close();
    const source = new EventSource("events");
    this.#source = source;
    this.#openedAt = performance.now();
    source.addEventListener("snapshot", (event) => {
      this.#hear();
      this.#listener.onSnapshot(JSON.parse(event.data) as Snapshot);
    });
    source.addEventListener("tick", (event) => {
      this.#hear();
      this.#listener.onTick(JSON.parse(event.data) as Tick);
    });
    source.addEventListener("error", () => {
      this.#isOpen = false;
      this.#listener.onState();
      if (source.readyState === EventSource.CLOSED) this.#connectLater();
    });
  }

  #connectLater(): void {
    clearTimeout(this.#retry);
    // Pages that lose the server together should not come back together.
    this.#retry = setTimeout(() => this.#connect(), this.#pauseMs * (1 + Math.random()));
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  #hear(): void {
    this.#heardAt = performance.now();
    this.#pauseMs = FIRST_PAUSE_MS;
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#listener.onState();
  }

  #tend(): void {
    if (this.state === "live") return;
    this.#listener.onState();
    const isDead = this.silentMs > DEAD_AFTER_MS && performance.now() - this.#openedAt > DEAD_AFTER_MS;
    if (isDead && this.#source?.readyState !== EventSource.CLOSED) this.#connect();
  }
}
