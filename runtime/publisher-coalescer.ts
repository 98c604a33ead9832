import { Problem } from "./problem.ts";
import {
  countForOneSend,
  type Delivery,
  mayHaveArrived,
  type Outcome,
  type OutgoingRecord,
  type Publisher,
} from "./publisher.ts";
import type { PublisherCounts } from "./publisher-counts.ts";
import { GiveUp, retryForever } from "./retry.ts";

/** Bounds of a {@link Coalescer}. */
export interface CoalescerOptions<R extends OutgoingRecord> {
  readonly publisher: Publisher;
  readonly counts: PublisherCounts;
  /** Called once for each send, before whoever waits goes on. */
  readonly onArrived: (records: readonly R[], outcomes: readonly Outcome[]) => void;
  /** How long somebody waits for an acknowledgement at most. @default 4,500, so that the answer is there within 5 s */
  readonly deadlineMs?: number;
  /** Records that may wait. @default 10,000 */
  readonly mostWaiting?: number;
}

interface Waiting<R> extends OutgoingRecord {
  readonly record: R;
  readonly untilMs: number;
  readonly resolve: (delivery: Delivery) => void;
  readonly reject: (problem: Problem) => void;
}

/** Sends under way at most. */
const LANES = 4;

/**
 * Single records for people who wait for their offset. What comes in the same turn of the event loop goes together,
 * without lingering; what comes while all lanes are taken goes with the next send.
 */
export class Coalescer<R extends OutgoingRecord> {
  readonly #options: CoalescerOptions<R>;
  readonly #deadlineMs: number;
  readonly #mostWaiting: number;
  readonly #stop = new AbortController();
  /** Everybody who has no answer yet; in the order of their deadlines, since all are given the same time. */
  readonly #waiting = new Set<Waiting<R>>();
  /** Resolved when nobody waits any more; only the shutdown awaits it. */
  #empty: PromiseWithResolvers<void> = Promise.withResolvers();
  #queue: Waiting<R>[] = [];
  #lanes = 0;
  #planned = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastError = "no answer yet";

  constructor(options: CoalescerOptions<R>) {
    this.#options = options;
    this.#deadlineMs = options.deadlineMs ?? 4_500;
    this.#mostWaiting = options.mostWaiting ?? 10_000;
  }

  /**
   * Sends one record.
   *
   * @throws Problem 503 when Kafka has not acknowledged it in time or too many wait, 413 when the broker takes none
   *   as large
   */
  deliver(record: R): Promise<Delivery> {
    this.#options.counts.accepted(1);
    const { promise, resolve, reject } = Promise.withResolvers<Delivery>();
    const untilMs = performance.now() + this.#deadlineMs;
    const { key, value, traceparent } = record;
    const waiting: Waiting<R> = { record, key, value, traceparent, untilMs, resolve, reject };
    if (this.#waiting.size >= this.#mostWaiting) {
      this.#options.counts.gaveUp(1);
      reject(unavailable(`${this.#waiting.size} records wait for Kafka already, no more are taken`));
      return promise;
    }
    this.#waiting.add(waiting);
    this.#queue.push(waiting);
    this.#timer ??= setTimeout(() => this.#expire(), this.#deadlineMs);
    this.#plan();
    return promise;
  }

  /** Waits until everybody has an answer, at most so long. */
  async stop(deadlineMs: number): Promise<void> {
    if (this.#waiting.size > 0) {
      const timer = setTimeout(() => this.#empty.resolve(), deadlineMs);
      await this.#empty.promise;
      clearTimeout(timer);
    }
    this.#stop.abort(new Error("the service stops"));
    for (const waiting of this.#waiting) this.#giveUp(waiting, unavailable("the service stops"));
    clearTimeout(this.#timer);
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      while (this.#lanes < LANES && this.#queue.length > 0) {
        void this.#send(this.#queue.splice(0, countForOneSend(this.#queue)));
      }
    });
  }

  async #send(batch: Waiting<R>[]): Promise<void> {
    const { publisher, counts } = this.#options;
    const madeMs = Date.now();
    let sent = batch;
    let beganMs = 0;
    const send = (): Promise<Outcome[]> => {
      sent = batch.filter((waiting) => this.#waiting.has(waiting));
      if (sent.length === 0) throw new GiveUp("nobody waits any more");
      beganMs = performance.now();
      return publisher.send(sent, madeMs);
    };
    const onFailure = (error: Error): void => {
      this.#lastError = error.message;
      if (mayHaveArrived(error)) counts.again(sent.length);
    };
    this.#lanes++;
    try {
      const outcomes = await retryForever(send, { signal: this.#stop.signal, onFailure, longestPauseMs: 500 });
      counts.took(performance.now() - beganMs);
      this.#answer(sent, outcomes);
    } catch {
      // Whoever waited has been told already, by the deadline or by the shutdown.
    }
    this.#lanes--;
    if (this.#queue.length > 0) this.#plan();
  }

  #answer(sent: readonly Waiting<R>[], outcomes: readonly Outcome[]): void {
    const { counts, onArrived } = this.#options;
    const records = sent.map(({ record }) => record);
    onArrived(records, outcomes);
    for (const [index, waiting] of sent.entries()) {
      const outcome = outcomes[index];
      // Given up meanwhile: it counts as failed, although it did arrive in the end.
      if (outcome === undefined || !this.#waiting.has(waiting)) continue;
      if (outcome === "too-large") {
        this.#giveUp(waiting, tooLarge(waiting.value?.length ?? 0));
        continue;
      }
      this.#waiting.delete(waiting);
      counts.arrived(1, waiting.value?.length ?? 0);
      waiting.resolve(outcome);
    }
  }

  #giveUp(waiting: Waiting<R>, problem: Problem): void {
    this.#waiting.delete(waiting);
    this.#options.counts.gaveUp(1);
    waiting.reject(problem);
  }

  /** One timer for the oldest stands for all: at 20,000 records a second a timer for each would cost more than they. */
  #expire(): void {
    const nowMs = performance.now();
    this.#timer = undefined;
    for (const waiting of this.#waiting) {
      if (waiting.untilMs > nowMs) {
        this.#timer = setTimeout(() => this.#expire(), waiting.untilMs - nowMs);
        break;
      }
      this.#giveUp(waiting, unavailable(`no acknowledgement within ${this.#deadlineMs} ms (${this.#lastError})`));
    }
    this.#queue = this.#queue.filter((waiting) => this.#waiting.has(waiting));
  }
}

function unavailable(detail: string): Problem {
  return new Problem(503, "kafka-unavailable", "Kafka has not acknowledged it", detail, {
    headers: { "retry-after": "1" },
  });
}

function tooLarge(bytes: number): Problem {
  return new Problem(413, "too-large", "The body is too large", `Kafka takes no record of ${bytes} bytes`);
}
