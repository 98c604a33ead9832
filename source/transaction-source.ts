import type { MadeTransaction } from "./transaction-record.ts";

/** Where a source puts what it made. */
export interface Outlet {
  /** Batches that can be taken on now. Those made beyond wait in memory, so whoever asks first makes none too many. */
  readonly free: number;
  /** Sends transactions, with the faults that are due. */
  send(made: readonly MadeTransaction[]): void;
  /** Counts transactions as made beyond those that the pacer asked for; the next ones wait. */
  madeMore(count: number): void;
  /** Says that more can be made now. */
  poke(): void;
}

/** What a service has to bring to be a source; the rest (routes, pace, faults, delivery) is the same for all. */
export interface TransactionSource {
  /** Makes what making needs; called once the service listens. Everything below waits for it by itself. */
  start(): Promise<void>;
  /** Begins to make and send up to so many transactions, as many as it can now. @returns how many that were */
  give(wanted: number): number;
  /**
   * One transaction on request.
   *
   * @throws Problem when there is none to be had
   */
  one(): Promise<Omit<MadeTransaction, "index">>;
  /** Transactions as JSON, not sent. */
  preview(options: PreviewOptions): Promise<string[]>;
  /** More lines of `/stats`. */
  stats(): Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** What `/preview` was asked for. */
export interface PreviewOptions {
  readonly seed: number;
  readonly count: number;
  /** Transactions to skip. */
  readonly after: number;
}
