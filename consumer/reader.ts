import type { EachBatchPayload, Kafka } from "kafkajs";
import { ledgerId } from "#contract/storage.ts";
import type { Log } from "#runtime/log.ts";
import type { PartReadiness, Readiness } from "#runtime/readiness.ts";
import { Assignment } from "./assignment.ts";
import { CommittedHints } from "./committed-hints.ts";
import { elsewhere } from "./gap.ts";
import { KafkaHealth } from "./kafka-health.ts";
import { HEARTBEAT_MS, KafkaSession } from "./kafka-session.ts";
import type { PartitionWriter } from "./partition-writer.ts";
import { pauseMs } from "./pause.ts";
import type { ReaderMetrics } from "./reader-metrics.ts";
import type { SourceOfTopic } from "./record.ts";
import type { Sink } from "./sink.ts";
import { toRecord } from "./to-record.ts";

/** What the reader needs. */
export interface ReaderOptions {
  readonly kafka: Kafka;
  readonly group: string;
  readonly sources: SourceOfTopic;
  readonly sink: Sink;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: ReaderMetrics;
}

/** Committing more often would cost requests and give nothing. */
const TEND_EVERY_MS = 1_000;
/** For the lag two or three requests a topic are made. */
const LAG_EVERY_TENDS = 3;

/**
 * Reads all topics as one consumer group and hands the records of each partition to its writer. Where to read is
 * decided by the ledger: at each assignment every partition is claimed there and sought to its next offset; what Kafka
 * has committed is never trusted.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #health: KafkaHealth;
  readonly #mongo: PartReadiness;
  readonly #hints: CommittedHints;
  #session: KafkaSession | undefined;
  #assignment: Assignment | undefined;
  #tends = 0;
  #stopping = false;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#health = new KafkaHealth(options.readiness.part("kafka"));
    this.#mongo = options.readiness.part("mongodb");
    this.#hints = new CommittedHints(options.log);
  }

  /** Begins to read; comes back at once and goes on until {@link stop}, whatever happens to Kafka or MongoDB. */
  start(): void {
    this.#running ??= this.#runForEver();
    this.#timer = setInterval(() => this.#tend(), TEND_EVERY_MS);
  }

  /** Finishes the batches in hand, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    this.#assignment?.close();
    if (this.#session === undefined) return;
    await this.#hints.commitLast(this.#session.consumer);
    await this.#session.close();
  }

  async #runForEver(): Promise<void> {
    const { log, metrics } = this.#options;
    for (let tries = 0; !this.#stopping; tries++) {
      try {
        await this.#runOnce();
      } catch (error) {
        if (this.#stopping) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.#health.fail(reason);
        metrics.retried("kafka");
        if (tries % 20 === 0) log.warn({ reason, tries }, "reading from Kafka failed; it is tried again");
      }
      await Bun.sleep(pauseMs(tries));
    }
  }

  async #runOnce(): Promise<void> {
    const { kafka, group, sources, sink, log, metrics } = this.#options;
    const health = this.#health;
    const session: KafkaSession = new KafkaSession(kafka, group, Object.keys(sources), {
      onHeard: () => health.heard(),
      onFetched: (ms) => metrics.fetched(ms),
      onJoined: (given) => {
        metrics.joined();
        this.#hints.forget();
        health.forget();
        assignment.takeOver(given);
      },
      onBatch: (payload) => this.#onBatch(session, assignment, payload),
      onEmptyBatch: (batch) => {
        assignment.passOver(batch).catch((error: Error) => {
          log.debug({ reason: error.message }, "an empty batch was not passed over; it is read again");
        });
      },
      onRestart: () => metrics.retried("kafka"),
      onCrash: (error, unreadable) => {
        health.fail(error.message);
        if (unreadable === undefined) return;
        health.unreadable(unreadable, assignment.nextOffsetOf(unreadable), error.message);
        log.error({ ...unreadable, reason: error.message }, "a batch can't be read; its partition is set aside");
      },
    });
    const assignment: Assignment = new Assignment(session, { sink, sources, log, metrics, mongo: this.#mongo, health });
    this.#session = session;
    this.#assignment = assignment;
    try {
      await session.connect();
      await this.#untilTopicsExist(session);
      if (!this.#stopping) await session.run();
    } finally {
      assignment.close();
      this.#session = undefined;
      await session.close();
    }
  }

  async #untilTopicsExist(session: KafkaSession): Promise<void> {
    for (let tries = 0; !this.#stopping; tries++) {
      const missing = await session.missingTopics();
      if (missing.length === 0) return;
      this.#health.fail(`there is no topic ${missing.join(", ")} in Kafka yet`);
      await Bun.sleep(pauseMs(tries));
    }
  }

  async #onBatch(session: KafkaSession, assignment: Assignment, payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, isRunning, isStale } = payload;
    const { topic, partition } = batch;
    const heartbeat = async (): Promise<void> => {
      await payload.heartbeat();
      this.#health.heard();
    };
    const writer = await assignment.writerOf(topic, partition, heartbeat);
    if (writer === undefined) return;
    await writer.settled({ heartbeat });
    const { claim } = writer;
    const fetched = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    const tellLag = (): void =>
      this.#options.metrics.lag(topic, partition, Number(batch.highWatermark) - claim.nextOffset);
    tellLag();
    if (fetched !== claim.nextOffset && !(await this.#isGap(session, assignment, writer, fetched))) {
      writer.soughtTo = claim.nextOffset;
      session.consumer.seek({ topic, partition, offset: String(claim.nextOffset) });
      return;
    }
    const records = batch.messages.map((message) => toRecord(topic, partition, message));
    const end = await writer.write(records, Number(batch.lastOffset()) + 1, {
      mayGoOn: () => isRunning() && !isStale() && assignment.isCurrent(writer),
      heartbeat,
      resolve: (lastOffset) => {
        resolveOffset(String(lastOffset));
        tellLag();
        this.#hints.note(topic, partition, lastOffset + 1);
      },
    });
    if (end === "done") this.#health.works(ledgerId(topic, partition));
    if (end === "fenced") {
      // Long enough for a heartbeat to be really sent: it throws when the group has given the partition to another.
      await Bun.sleep(HEARTBEAT_MS + 100);
      await heartbeat();
      void assignment.claim(topic, partition);
    }
  }

  /** Whether a batch that begins elsewhere than the ledger stands may be read on from. */
  async #isGap(
    session: KafkaSession,
    assignment: Assignment,
    writer: PartitionWriter,
    fetched: number,
  ): Promise<boolean> {
    const { topic, partition } = writer.claim;
    const found = await elsewhere(writer, fetched, () => session.logOf(topic, partition));
    if (found === "other-log") void assignment.claim(topic, partition);
    if (found === "expired") assignment.sayExpired(writer.claim, fetched);
    return found === "gap" || found === "expired";
  }

  #tend(): void {
    if (this.#session === undefined) return;
    this.#health.tell();
    void this.#hints.commit(this.#session.consumer);
    if (this.#tends++ % LAG_EVERY_TENDS === 0)
      void this.#assignment?.tellLag().catch(() => {
        // Kafka does not answer, which its health says.
      });
  }
}
