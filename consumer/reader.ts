import type { Kafka } from "kafkajs";
import type { Log } from "#runtime/log.ts";
import type { PartReadiness, Readiness } from "#runtime/readiness.ts";
import { Assignment } from "./assignment.ts";
import { CommittedHints } from "./committed-hints.ts";
import { Intake } from "./intake.ts";
import { KafkaHealth } from "./kafka-health.ts";
import { KafkaSession } from "./kafka-session.ts";
import { pauseMs } from "./pause.ts";
import type { ReaderMetrics } from "./reader-metrics.ts";
import type { SourceOfTopic } from "./record.ts";
import type { Sink } from "./sink.ts";

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
    await this.#assignment?.settled();
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
      onBatch: (payload) => intake.take(payload),
      onEmptyBatch: (batch) => {
        assignment.passOver(batch).catch((error: Error) => {
          log.debug({ reason: error.message }, "an empty batch was not passed over; it is read again");
        });
      },
      onRestart: () => metrics.retried("kafka"),
      onCrash: (error, unreadable) => {
        health.fail(error.message);
        if (unreadable === undefined) return;
        health.unreadable(unreadable, assignment.takenTo(unreadable), error.message);
        log.error({ ...unreadable, reason: error.message }, "a batch can't be read; its partition is set aside");
      },
    });
    const assignment: Assignment = new Assignment(session, { sink, sources, log, metrics, mongo: this.#mongo, health });
    const intake: Intake = new Intake(session, assignment, { metrics, health, hints: this.#hints });
    this.#session = session;
    this.#assignment = assignment;
    try {
      await session.connect();
      await this.#untilTopicsExist(session);
      if (!this.#stopping) await session.run();
    } finally {
      // What ended the session may lie behind a batch that is still being written, and be met again before it.
      await assignment.settled();
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
