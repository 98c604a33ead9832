import type { Collection } from "mongodb";
import type { LedgerEntry } from "#contract/storage.ts";
import type { PartReadiness } from "#runtime/readiness.ts";

/** While somebody looks, and while nobody does. */
const EVERY_MS = { watched: 100, alone: 1_000 };

/** Watches the ledger: a handful of small documents, read by everybody's eyes ten times a second. */
export class LedgerWatch {
  readonly #ledger: Collection<LedgerEntry>;
  readonly #topics: readonly string[];
  readonly #part: PartReadiness;
  readonly #isWatched: () => boolean;
  readonly #connect: () => Promise<unknown>;
  #entries: readonly LedgerEntry[] = [];
  #askedAtMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  /**
   * @param isWatched - somebody looks at the page
   * @param connect - connects the driver, which gives up for good when its first try fails: so it is tried here
   */
  constructor(
    ledger: Collection<LedgerEntry>,
    topics: readonly string[],
    part: PartReadiness,
    isWatched: () => boolean,
    connect: () => Promise<unknown>,
  ) {
    this.#connect = connect;
    this.#ledger = ledger;
    this.#topics = topics;
    this.#part = part;
    this.#isWatched = isWatched;
  }

  /** As the majority of MongoDB had it at the last look. */
  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** When MongoDB was asked for the {@link entries}, ms since 1970; 0 before it has answered once. */
  get askedAtMs(): number {
    return this.#askedAtMs;
  }

  /** @param onLook - called after each look, whether it succeeded or not */
  start(onLook: () => void): void {
    void this.#look(onLook);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #look(onLook: () => void): Promise<void> {
    const startedAt = performance.now();
    const askedAtMs = Date.now();
    try {
      if (this.#askedAtMs === 0) await this.#connect();
      const filter = { topic: { $in: [...this.#topics] } };
      this.#entries = await this.#ledger
        .find(filter, { readConcern: { level: "majority" } })
        .sort({ topic: 1, partition: 1 })
        .toArray();
      this.#askedAtMs = askedAtMs;
      this.#part.ok();
    } catch (error) {
      this.#part.fail(`no answer from MongoDB: ${messageOf(error)}`);
    }
    onLook();
    if (this.#stopped) return;
    const everyMs = this.#isWatched() ? EVERY_MS.watched : EVERY_MS.alone;
    this.#timer = setTimeout(() => void this.#look(onLook), Math.max(5, everyMs - (performance.now() - startedAt)));
  }
}

/** The driver says so to those who waited while it could not connect. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message === "Topology is closed" ? "it can't be connected to" : message;
}
