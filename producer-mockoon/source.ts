import type { Transaction } from "#contract/transaction.ts";
import { Problem } from "#runtime/problem.ts";
import { retryForever } from "#runtime/retry.ts";
import type { MadeTransaction } from "#source/transaction-record.ts";
import type { Outlet, PreviewOptions, TransactionSource } from "#source/transaction-source.ts";
import { MockoonError } from "./mockoon-api.ts";
import type { Upstream } from "./upstream.ts";

/** Requests to Mockoon at the same time. */
const MOST_REQUESTS = 16;
/** Without other requests Mockoon is asked this often whether it still answers; the answer is thrown away. */
const LOOK_EVERY_MS = 5_000;
const LONGEST_PAUSE_MS = 10_000;

/** Fetches transactions from Mockoon at the asked pace, and with growing pauses while it fails. */
export class MockoonSource implements TransactionSource {
  readonly #outlet: Outlet;
  readonly #upstream: Upstream;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  /** Transactions in the last answer: how many the next request will probably bring. */
  #perAnswer = 1;
  #next = 0;
  #onRequest = 0;
  #recovering = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(outlet: Outlet, upstream: Upstream) {
    this.#outlet = outlet;
    this.#upstream = upstream;
  }

  async start(): Promise<void> {
    this.#look();
    this.#timer = setInterval(() => {
      if (performance.now() - this.#upstream.askedMs >= LOOK_EVERY_MS) this.#look();
    }, LOOK_EVERY_MS);
  }

  give(wanted: number): number {
    let given = 0;
    while (given < wanted && this.#underWay.size < MOST_REQUESTS && this.#outlet.free > 0 && !this.#recovering) {
      given += this.#perAnswer;
      this.#track(this.#poll(this.#perAnswer));
    }
    return given;
  }

  async one(): Promise<{ id: string; json: string }> {
    const [first, ...others] = await this.#fetchForSomebody();
    this.#onRequest++;
    if (others.length > 0) this.#send(others);
    return { id: first?.transaction_id ?? "", json: JSON.stringify(first) };
  }

  async preview({ count }: PreviewOptions): Promise<string[]> {
    const transactions: string[] = [];
    while (transactions.length < count) {
      for (const transaction of await this.#fetchForSomebody()) transactions.push(JSON.stringify(transaction));
    }
    return transactions.slice(0, count);
  }

  stats(): Record<string, unknown> {
    return { made: this.#next, onRequest: this.#onRequest, upstream: this.#upstream.state };
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort(new Error("the service stops"));
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #poll(expected: number): Promise<void> {
    try {
      const transactions = await this.#upstream.fetch(this.#stop.signal);
      this.#perAnswer = transactions.length;
      this.#outlet.madeMore(transactions.length - expected);
      this.#send(transactions);
    } catch {
      this.#outlet.madeMore(-expected);
      this.#recover();
    }
  }

  /** While Mockoon fails one request at a time asks whether it is back. */
  #recover(): void {
    if (this.#recovering || this.#stop.signal.aborted) return;
    this.#recovering = true;
    const { signal } = this.#stop;
    const attempt = async (): Promise<void> => {
      await this.#upstream.fetch(signal);
    };
    const recovered = retryForever(attempt, { signal, firstPauseMs: 200, longestPauseMs: LONGEST_PAUSE_MS }).then(
      () => {
        this.#recovering = false;
      },
      () => undefined,
    );
    this.#track(recovered);
  }

  #look(): void {
    if (!this.#recovering) this.#track(this.#upstream.fetch(this.#stop.signal).then(undefined, () => this.#recover()));
  }

  #send(transactions: readonly Transaction[]): void {
    const made = transactions.map((transaction): MadeTransaction => {
      return { id: transaction.transaction_id, json: JSON.stringify(transaction), index: this.#next++ };
    });
    this.#outlet.send(made);
  }

  /** What is under way counts against the bound and is awaited at the end. */
  #track(work: Promise<unknown>): void {
    const tracked = work.then(() => {
      this.#underWay.delete(tracked);
      this.#outlet.poke();
    });
    this.#underWay.add(tracked);
  }

  async #fetchForSomebody(): Promise<Transaction[]> {
    try {
      return await this.#upstream.fetch(this.#stop.signal);
    } catch (error) {
      if (!(error instanceof MockoonError)) throw error;
      this.#recover();
      if (error.timedOut) throw new Problem(504, "mockoon-timeout", "Mockoon did not answer in time", error.message);
      throw new Problem(502, "mockoon-failed", "Mockoon gave no transaction", error.message);
    }
  }
}
