import type { Transaction } from "#contract/transaction.ts";
import type { PartReadiness } from "#runtime/readiness.ts";
import { type MockoonApi, MockoonError } from "./mockoon-api.ts";

/** How Mockoon does, as `/stats` shows it. */
export interface UpstreamState {
  readonly ok: boolean;
  /** Requests without a good answer, since the start. */
  readonly failures: number;
  readonly lastError: string | null;
  /** Since when it is ok or not, RFC 3339. */
  readonly since: string;
}

/** Asks Mockoon and keeps book of how it does. */
export class Upstream {
  readonly #api: MockoonApi;
  readonly #part: PartReadiness;
  #ok: boolean | undefined;
  #failures = 0;
  #lastError: string | null = null;
  #since = new Date();
  #askedMs = 0;

  constructor(api: MockoonApi, part: PartReadiness) {
    this.#api = api;
    this.#part = part;
  }

  /** When it was last asked, ms on `performance.now`'s clock. */
  get askedMs(): number {
    return this.#askedMs;
  }

  /**
   * One request.
   *
   * @throws MockoonError
   */
  async fetch(signal: AbortSignal): Promise<Transaction[]> {
    this.#askedMs = performance.now();
    try {
      const transactions = await this.#api.fetch(signal);
      this.#turn(true);
      this.#part.ok();
      return transactions;
    } catch (error) {
      if (!(error instanceof MockoonError) || signal.aborted) throw error;
      this.#failures++;
      this.#lastError = error.message;
      this.#turn(false);
      this.#part.fail(error.message);
      throw error;
    }
  }

  get state(): UpstreamState {
    return {
      ok: this.#ok ?? false,
      failures: this.#failures,
      lastError: this.#lastError,
      since: this.#since.toISOString(),
    };
  }

  #turn(ok: boolean): void {
    if (ok === this.#ok) return;
    this.#ok = ok;
    this.#since = new Date();
  }
}
