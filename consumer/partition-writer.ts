import type { SourceId } from "#contract/sources.ts";
import type { Log } from "#runtime/log.ts";
import type { PartReadiness } from "#runtime/readiness.ts";
import { pauseMs } from "./pause.ts";
import type { ReaderMetrics } from "./reader-metrics.ts";
import type { ConsumedRecord } from "./record.ts";
import { type Claim, type Sink, SinkUnavailable } from "./sink.ts";

/** Records of one transaction at most. */
const LARGEST_CHUNK = 2_000;

/** What a writer needs to know of the batch it writes from. */
export interface BatchControl {
  /** Whether to go on: the consumer runs, and the partition is still ours at this place. */
  readonly mayGoOn: () => boolean;
  /** Tells the group that we live; throws when the group has moved on. */
  readonly heartbeat: () => Promise<void>;
  /** Called after each chunk with the last offset that needs not be read again. */
  readonly resolve: (lastOffset: number) => void;
}

/** What the writers of all partitions share. */
export interface WriterGround {
  readonly sink: Sink;
  readonly log: Log;
  readonly metrics: ReaderMetrics;
  readonly mongo: PartReadiness;
}

/** Why a partition's writer stopped before the end of the batch. */
export type WriteEnd = "done" | "stopped" | "fenced";

/** Writes the records of one claimed partition in order, in chunks, and waits for MongoDB as long as it takes. */
export class PartitionWriter {
  readonly claim: Claim;
  /** The next offset for which the reader has already asked Kafka anew, so that it does not ask for ever. */
  soughtTo: number | undefined;
  readonly #source: SourceId;
  readonly #ground: WriterGround;
  /** The write under way: whatever comes next waits for it. */
  #tail: Promise<unknown> = Promise.resolve();
  /** How the batch ends that was taken ahead, until somebody asks. */
  #ahead: Promise<WriteEnd> | undefined;
  #takenTo = 0;

  constructor(claim: Claim, source: SourceId, ground: WriterGround) {
    this.claim = claim;
    this.#source = source;
    this.#ground = ground;
  }

  /** Up to where the records have come from Kafka; some of them may not be written yet. */
  get takenTo(): number {
    return Math.max(this.#takenTo, this.claim.nextOffset);
  }

  /**
   * @param records - in the order of their offsets; those before the claim's next offset are passed over
   * @param endOffset - where the ledger stands after all of them, at least the last offset + 1
   */
  write(records: readonly ConsumedRecord[], endOffset: number, control: BatchControl): Promise<WriteEnd> {
    const turn = this.#tail.then(() => this.#write(records, endOffset, control));
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /** The same without waiting for it: {@link settled} says how it ended. */
  takeAhead(records: readonly ConsumedRecord[], endOffset: number, control: BatchControl): void {
    this.#takenTo = endOffset;
    this.#ahead = this.write(records, endOffset, control).then((end) => {
      // Kafka was asked for what comes behind: that it answers from there says nothing of what lies between.
      if (end !== "done") this.soughtTo = undefined;
      return end;
    });
    // Thrown by `settled`, if anybody asks.
    this.#ahead.catch(() => undefined);
  }

  /**
   * Moves the ledger over a stretch in which Kafka holds nothing for a reader, once everything before is written.
   * One that does not begin where the ledger stands then may come from a fetch in the wrong place: it is ignored.
   */
  passOver(fromOffset: number, endOffset: number, control: BatchControl): Promise<WriteEnd> {
    const turn = this.#tail.then(() =>
      fromOffset === this.claim.nextOffset ? this.#write([], endOffset, control) : "stopped",
    );
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Resolves when nothing is being written any more.
   *
   * @returns how the batch ended that was taken ahead, if one was since the last time; throws what it threw
   */
  async settled(control: Pick<BatchControl, "heartbeat">): Promise<WriteEnd | undefined> {
    await this.#alive(this.#tail, control);
    await control.heartbeat();
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead;
  }

  async #write(records: readonly ConsumedRecord[], endOffset: number, control: BatchControl): Promise<WriteEnd> {
    const { claim } = this;
    let from = 0;
    while (from < records.length && (records[from] as ConsumedRecord).offset < claim.nextOffset) from++;
    while (claim.nextOffset < endOffset) {
      if (!control.mayGoOn()) return "stopped";
      const part = records.slice(from, from + LARGEST_CHUNK);
      from += part.length;
      const last = part.at(-1);
      const nextOffset = from >= records.length || last === undefined ? endOffset : last.offset + 1;
      const chunk = {
        ...{ topic: claim.topic, partition: claim.partition, source: this.#source },
        ...{ fromOffset: claim.nextOffset, nextOffset, records: part },
      };
      const end = await this.#writeChunk(chunk, control);
      if (end !== "done") return end;
      control.resolve(nextOffset - 1);
      await control.heartbeat();
    }
    return "done";
  }

  async #writeChunk(chunk: Parameters<Sink["write"]>[1], control: BatchControl): Promise<WriteEnd> {
    const { sink, log, metrics, mongo } = this.#ground;
    for (let tries = 0; ; tries++) {
      const startedAt = performance.now();
      try {
        const written = await this.#alive(sink.write(this.claim, chunk), control);
        mongo.ok();
        if (written.kind === "fenced") {
          metrics.retried("fenced");
          log.warn({ topic: chunk.topic, partition: chunk.partition }, "another consumer has this partition now");
          return "fenced";
        }
        const absent = chunk.nextOffset - chunk.fromOffset - chunk.records.length;
        metrics.wrote(chunk.topic, chunk.records.length, absent, written, performance.now() - startedAt);
        return "done";
      } catch (error) {
        if (!(error instanceof SinkUnavailable)) throw error;
        metrics.retried("mongo");
        mongo.fail(error.message);
        if (tries % 20 === 0)
          log.warn({ tries, reason: error.message }, "MongoDB did not take a batch; it is tried again");
      }
      await Bun.sleep(pauseMs(tries));
      await control.heartbeat();
      if (!control.mayGoOn()) return "stopped";
    }
  }

  /** Keeps the place in the group while a write takes long. */
  async #alive<T>(work: Promise<T>, control: Pick<BatchControl, "heartbeat">): Promise<T> {
    // A heartbeat that fails here fails again after the write, where it can be acted upon.
    const timer = setInterval(() => control.heartbeat().catch(() => undefined), 1_000);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }
}
