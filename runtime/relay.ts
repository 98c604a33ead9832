import type { Log } from "./log.ts";
import {
  countForOneSend,
  MOST_RECORDS,
  mayHaveArrived,
  type Outcome,
  type OutgoingRecord,
  type Publisher,
} from "./publisher.ts";
import type { PublisherCounts } from "./publisher-counts.ts";
import type { PartReadiness } from "./readiness.ts";
import { retryForever } from "./retry.ts";
import type { Tracing } from "./tracing.ts";

/** Records under way at most: four full sends keep a broker busy. */
const MOST_UNDER_WAY = 4 * MOST_RECORDS;
/** Sends under way at most. Small ones may be many, so that a slow rate is kept where acknowledgements take long. */
const LANES = 32;

/** What a relay stands between. */
export interface RelayOptions<R extends OutgoingRecord> {
  readonly publisher: Publisher;
  readonly counts: PublisherCounts;
  /** Says whether Kafka takes what is sent. */
  readonly kafka: PartReadiness;
  readonly log: Log;
  readonly tracing: Tracing | undefined;
  /** Called once for each send, with what became of each of its records. */
  readonly onArrived: (records: readonly R[], outcomes: readonly Outcome[]) => void;
  /** Called when a lane is free again. */
  readonly onFree: () => void;
}

/**
 * Carries batches to Kafka until they are acknowledged, however long Kafka is away: nothing is dropped but what the
 * broker will never take. What may be under way is bounded, and so is the memory: whoever makes records asks
 * {@link free} first.
 */
export class Relay<R extends OutgoingRecord> {
  readonly #options: RelayOptions<R>;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  /** Of all sends under way. */
  #records = 0;

  constructor(options: RelayOptions<R>) {
    this.#options = options;
  }

  /** Full sends that can be taken on now. */
  get free(): number {
    if (this.#stop.signal.aborted) return 0;
    const lanes = LANES - this.#underWay.size;
    return Math.max(0, Math.min(lanes, Math.floor((MOST_UNDER_WAY - this.#records) / MOST_RECORDS)));
  }

  /** Takes records on. More than fit into one send stay in one lane and go one send after the other. */
  carry(records: readonly R[]): void {
    this.#options.counts.accepted(records.length);
    this.#records += records.length;
    // Not when a send begins: on a busy machine several batches reach that point together, and seem to be one burst.
    const carried = this.#carryAll(records, Date.now()).finally(() => {
      this.#underWay.delete(carried);
      this.#records -= records.length;
      this.#options.onFree();
    });
    this.#underWay.add(carried);
  }

  /** Waits for what is under way, at most so long; then gives it up and counts it as failed. */
  async stop(deadlineMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(new Error("the service stops")), deadlineMs);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    clearTimeout(timer);
  }

  async #carryAll(records: readonly R[], madeMs: number): Promise<void> {
    for (let rest = records; rest.length > 0; ) {
      const count = countForOneSend(rest);
      await this.#carryOne(rest.slice(0, count), madeMs);
      rest = rest.slice(count);
    }
  }

  async #carryOne(records: readonly R[], madeMs: number): Promise<void> {
    const { publisher, counts, kafka, log, tracing } = this.#options;
    // Thousands a second: one span for all records of a send.
    const attributes = { "messaging.system": "kafka", "messaging.batch.message_count": records.length };
    const span = tracing?.begin("producer", "send", { attributes });
    let beganMs = 0;
    const send = (): Promise<Outcome[]> => {
      beganMs = performance.now();
      return publisher.send(records, madeMs, span?.traceparent);
    };
    const onFailure = (error: Error, pauseMs: number): void => {
      kafka.fail(`Kafka does not take what is sent: ${error.message}`);
      log.debug({ err: error, records: records.length, pauseMs }, "a send failed and is repeated");
      if (mayHaveArrived(error)) counts.again(records.length);
    };
    let outcomes: Outcome[];
    try {
      outcomes = await retryForever(send, { signal: this.#stop.signal, onFailure });
    } catch (error) {
      log.error({ err: error, records: records.length }, "records were given up");
      counts.gaveUp(records.length);
      span?.fail("given up");
      return;
    } finally {
      span?.end();
    }
    kafka.ok();
    counts.took(performance.now() - beganMs);
    settle(counts, records, outcomes);
    this.#options.onArrived(records, outcomes);
  }
}

/** Counts what became of the records of one send. */
export function settle(
  counts: PublisherCounts,
  records: readonly OutgoingRecord[],
  outcomes: readonly Outcome[],
): void {
  let arrived = 0;
  let bytes = 0;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome === "too-large") continue;
    arrived++;
    bytes += records[index]?.value?.length ?? 0;
  }
  counts.arrived(arrived, bytes);
  if (arrived < outcomes.length) counts.gaveUp(outcomes.length - arrived);
}
