import type { Admin, Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from "kafkajs";
import { ledgerId } from "#contract/storage.ts";
import type { Log } from "#runtime/log.ts";
import type { PartReadiness, Readiness } from "#runtime/readiness.ts";
import { type BatchControl, PartitionWriter } from "./partition-writer.ts";
import { pauseMs } from "./pause.ts";
import type { ReaderMetrics } from "./reader-metrics.ts";
import type { ConsumedRecord, SourceOfTopic } from "./record.ts";
import { type Claim, type Sink, SinkUnavailable } from "./sink.ts";

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

/** A killed consumer's partitions are given to another after this. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_000;
/** Bytes of one partition in one fetch: large enough that Kafka is not asked too often when there is a backlog. */
const FETCH_BYTES = 2 * 1024 * 1024;
/** Kafka's committed offsets are a hint for people and tools; more often would cost requests and give nothing. */
const COMMIT_EVERY_MS = 1_000;
/** Kafka is called away when it has been silent for so long; an idle fetch answers within {@link LONGEST_FETCH_MS}. */
const SILENCE_MS = 4_000;
const LONGEST_FETCH_MS = 1_000;
const LONGEST_LAST_COMMIT_MS = 1_000;
/** The key in what is wrong of a batch that can't be decoded; kafkajs does not say where it is. */
const UNREADABLE = "unreadable";

/**
 * Reads all topics as one consumer group and hands the records of each partition to its writer. Where to read is
 * decided by the ledger: at each assignment every partition is claimed there and sought to its next offset; what Kafka
 * has committed is never trusted.
 */
export class Reader {
  readonly #options: ReaderOptions;
  readonly #kafka: PartReadiness;
  readonly #mongo: PartReadiness;
  /** What is wrong in Kafka although it answers, by ledger id or by error; cleared by the next batch that is written. */
  readonly #wrong = new Map<string, string>();
  /** Writers by ledger id, from the moment of the assignment on. */
  #writers = new Map<string, Promise<PartitionWriter>>();
  /** The same once they are there; the newest of each. */
  readonly #current = new Map<string, PartitionWriter>();
  #consumer: Consumer | undefined;
  #admin: Admin | undefined;
  #stopping = false;
  #running: Promise<void> | undefined;
  #heardAt = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  readonly #uncommitted = new Map<string, { topic: string; partition: number; offset: string }>();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#kafka = options.readiness.part("kafka");
    this.#mongo = options.readiness.part("mongodb");
  }

  /** Begins to read; comes back at once and goes on until {@link stop}, whatever happens to Kafka or MongoDB. */
  start(): void {
    this.#running ??= this.#runForEver();
    this.#watch = setInterval(() => this.#tend(), COMMIT_EVERY_MS);
  }

  /** Finishes the batches in hand, commits, leaves the group. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#watch);
    const consumer = this.#consumer;
    if (consumer) {
      await Promise.race([this.#commit(consumer), Bun.sleep(LONGEST_LAST_COMMIT_MS)]);
      // Waits for the transactions in hand, then leaves the group, so that others need not wait for our session to end.
      await consumer.disconnect().catch(() => undefined);
    }
    await this.#admin?.disconnect().catch(() => undefined);
  }

  async #runForEver(): Promise<void> {
    const { log, metrics } = this.#options;
    for (let tries = 0; !this.#stopping; tries++) {
      try {
        await this.#runOnce();
        tries = 0;
      } catch (error) {
        if (this.#stopping) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.#kafka.fail(reason);
        metrics.retried("kafka");
        if (tries % 20 === 0) log.warn({ reason, tries }, "reading from Kafka failed; it is tried again");
      }
      await Bun.sleep(pauseMs(tries));
    }
  }

  /** One life of kafkajs' consumer: until it crashes in a way that it does not recover from itself. */
  async #runOnce(): Promise<void> {
    const { kafka, group, sources } = this.#options;
    const topics = Object.keys(sources);
    const admin = kafka.admin({ retry: { retries: 0 } });
    const consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: 10_000,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: LONGEST_FETCH_MS,
      minBytes: 1,
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES * 4,
      metadataMaxAge: 30_000,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8, restartOnFailure: async () => !this.#stopping },
    });
    const { promise: crashed, reject: crash } = Promise.withResolvers<never>();
    crashed.catch(() => undefined);
    const heard = (): void => {
      this.#heardAt = performance.now();
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.#kafka.fail(payload.error.message);
      if (payload.error.name === "KafkaJSNotImplemented")
        this.#wrong.set(UNREADABLE, `a batch can't be read: ${payload.error.message}`);
      // Otherwise kafkajs starts again by itself.
      if (!payload.restart) crash(payload.error);
    });
    consumer.on(consumer.events.FETCH, ({ payload }) => {
      heard();
      this.#options.metrics.fetched(payload.duration);
    });
    consumer.on(consumer.events.HEARTBEAT, heard);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      heard();
      this.#options.metrics.joined();
      this.#takeOver(consumer, payload.memberAssignment);
    });
    // Batches that hold only markers or aborted records never reach eachBatch; the ledger moves over them here.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0)
        this.#passOver(payload).catch((error: Error) => {
          this.#options.log.debug({ reason: error.message }, "an empty batch was not passed over; it is read again");
        });
    });
    try {
      await admin.connect();
      this.#admin = admin;
      await this.#untilTopicsExist(admin, topics);
      await consumer.connect();
      this.#consumer = consumer;
      await consumer.subscribe({ topics, fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 8,
        eachBatch: (payload) => this.#onBatch(consumer, payload),
      });
      await crashed;
    } finally {
      this.#consumer = undefined;
      this.#admin = undefined;
      await consumer.disconnect().catch(() => undefined);
      await admin.disconnect().catch(() => undefined);
    }
  }

  async #untilTopicsExist(admin: Admin, topics: readonly string[]): Promise<void> {
    for (let tries = 0; !this.#stopping; tries++) {
      const known = new Set(await admin.listTopics());
      const missing = topics.filter((topic) => !known.has(topic));
      if (missing.length === 0) return;
      this.#kafka.fail(`there is no topic ${missing.join(", ")} in Kafka yet`);
      await Bun.sleep(pauseMs(tries));
    }
  }

  /** Claims every partition that the group has given us, and seeks it to where the ledger stands. */
  #takeOver(consumer: Consumer, assignment: Readonly<Record<string, number[]>>): void {
    this.#uncommitted.clear();
    this.#wrong.clear();
    this.#writers = new Map();
    // Without a partition there is nothing to ask MongoDB for.
    if (Object.keys(assignment).length === 0) this.#mongo.ok();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) this.#claim(consumer, topic, partition);
    }
    this.#options.log.info({ assignment }, "partitions assigned");
  }

  #claim(consumer: Consumer, topic: string, partition: number): Promise<PartitionWriter> {
    const { log } = this.#options;
    const id = ledgerId(topic, partition);
    const writers = this.#writers;
    const isCurrent = (): boolean => this.#writers === writers && this.#consumer === consumer && !this.#stopping;
    const claiming = (async () => {
      for (let tries = 0; ; tries++) {
        try {
          const writer = await this.#claimOnce(topic, partition);
          if (writer !== undefined) {
            if (isCurrent()) readOnFrom(consumer, writer.claim);
            return writer;
          }
          // Not read meanwhile, so that the others are not held up.
          if (isCurrent()) consumer.pause([{ topic, partitions: [partition] }]);
        } catch (error) {
          if (!isCurrent()) throw error;
          const reason = error instanceof Error ? error.message : String(error);
          (error instanceof SinkUnavailable ? this.#mongo : this.#kafka).fail(reason);
          if (tries % 20 === 0) log.warn({ topic, partition, reason }, "the partition can't be claimed yet");
        }
        await Bun.sleep(pauseMs(tries));
        if (!isCurrent()) throw new Error(`${id} was assigned anew`);
      }
    })();
    // Whoever waits for it hears of it; nobody may.
    claiming.catch(() => undefined);
    writers.set(id, claiming);
    return claiming;
  }

  /** @returns `undefined` when the log in Kafka can't be the one that the ledger speaks of */
  async #claimOnce(topic: string, partition: number): Promise<PartitionWriter | undefined> {
    const { sink, log, metrics, sources } = this.#options;
    const source = sources[topic];
    if (source === undefined) throw new Error(`no source writes to ${topic}`);
    const id = ledgerId(topic, partition);
    const { low, high } = await this.#logOf(topic, partition);
    const claim = await sink.claim(topic, partition, low);
    this.#mongo.ok();
    // The second look is for a predecessor that wrote on between the first one and our claim.
    if (high < claim.nextOffset && (await this.#logOf(topic, partition)).high < claim.nextOffset) {
      const reason = `${id} ends at ${high}, but the ledger stands at ${claim.nextOffset}: the topic was deleted and made again. Nothing of it is read until its entry in the ledger is removed`;
      if (!this.#wrong.has(id)) log.error({ topic, partition }, reason);
      this.#wrong.set(id, reason);
      this.#kafka.fail(reason);
      return undefined;
    }
    this.#wrong.delete(id);
    const writer = new PartitionWriter(claim, source, { sink, log, metrics, mongo: this.#mongo });
    this.#current.set(id, writer);
    if (low > claim.nextOffset) {
      this.#sayExpired(claim, low);
      // Now, since there may be nothing behind it for a long time.
      await writer.passOver(claim.nextOffset, low, this.#withoutBatch(writer));
    }
    return writer;
  }

  #sayExpired({ topic, partition, nextOffset }: Claim, low: number): void {
    this.#options.log.warn(
      { topic, partition, from: nextOffset, to: low },
      "records expired before they were read; they are counted as absent",
    );
  }

  /** For what is written outside of kafkajs' own batches. */
  #withoutBatch(writer: PartitionWriter): BatchControl {
    return {
      mayGoOn: () => this.#isCurrent(writer),
      heartbeat: async () => undefined,
      resolve: () => undefined,
    };
  }

  async #onBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, isRunning, isStale } = payload;
    const { topic, partition } = batch;
    const heartbeat = async (): Promise<void> => {
      await payload.heartbeat();
      this.#heardAt = performance.now();
    };
    const writer = await this.#writerOf(consumer, topic, partition, heartbeat);
    if (writer === undefined) return;
    await writer.settled({ heartbeat });
    const { claim } = writer;
    const fetched = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    this.#options.metrics.lag(topic, partition, Number(batch.highWatermark) - claim.nextOffset);
    if (fetched !== claim.nextOffset && !(await this.#isGap(consumer, writer, fetched))) {
      writer.soughtTo = claim.nextOffset;
      consumer.seek({ topic, partition, offset: String(claim.nextOffset) });
      return;
    }
    const records = batch.messages.map((message) => toRecord(topic, partition, message));
    const end = await writer.write(records, Number(batch.lastOffset()) + 1, {
      mayGoOn: () => isRunning() && !isStale() && this.#isCurrent(writer),
      heartbeat,
      resolve: (lastOffset) => {
        resolveOffset(String(lastOffset));
        const offset = String(lastOffset + 1);
        this.#uncommitted.set(ledgerId(topic, partition), { topic, partition, offset });
      },
    });
    if (end === "done") {
      this.#wrong.delete(UNREADABLE);
      this.#wrong.delete(ledgerId(topic, partition));
    }
    if (end === "fenced") {
      // Long enough for a heartbeat to be really sent: it throws when the group has given the partition to another.
      await Bun.sleep(HEARTBEAT_MS + 100);
      await heartbeat();
      void this.#claim(consumer, topic, partition);
    }
  }

  /** Whether the partition has not been claimed again since. */
  #isCurrent(writer: PartitionWriter): boolean {
    return !this.#stopping && this.#current.get(ledgerId(writer.claim.topic, writer.claim.partition)) === writer;
  }

  /**
   * The claim may take long while MongoDB is away; the group must not lose us meanwhile.
   *
   * @returns `undefined` when the partition must not be read as it is
   */
  async #writerOf(
    consumer: Consumer,
    topic: string,
    partition: number,
    heartbeat: () => Promise<void>,
  ): Promise<PartitionWriter | undefined> {
    const id = ledgerId(topic, partition);
    const claiming = this.#writers.get(id) ?? this.#claim(consumer, topic, partition);
    for (;;) {
      const writer = await Promise.race([claiming, Bun.sleep(HEARTBEAT_MS)]);
      if (writer instanceof PartitionWriter) return writer;
      if (this.#wrong.has(id)) return undefined;
      await heartbeat();
      if (this.#stopping) throw new Error("stopping");
    }
  }

  /**
   * Whether there is nothing to read between where the ledger stands and where Kafka was asked: then those offsets are
   * absent, and we read on behind them. Otherwise the fetch began in the wrong place and is made again.
   */
  async #isGap(consumer: Consumer, { claim, soughtTo }: PartitionWriter, fetched: number): Promise<boolean> {
    const { topic, partition, nextOffset } = claim;
    // We asked for the right place already, and kafkajs went on by itself over batches that hold nothing for a reader.
    if (soughtTo === nextOffset && fetched > nextOffset) return true;
    const { low, high } = await this.#logOf(topic, partition);
    if (high < nextOffset) {
      void this.#claim(consumer, topic, partition);
      return false;
    }
    // Behind what has expired Kafka starts at its first offset; any other place was not ours to read from.
    if (low <= nextOffset || fetched !== low) return false;
    this.#sayExpired(claim, low);
    return true;
  }

  async #passOver({ topic, partition, firstOffset, lastOffset }: EmptyBatch): Promise<void> {
    const writer = await this.#writers.get(ledgerId(topic, partition));
    if (writer === undefined) return;
    await writer.passOver(Number(firstOffset ?? lastOffset), Number(lastOffset) + 1, this.#withoutBatch(writer));
  }

  async #logOf(topic: string, partition: number): Promise<{ low: number; high: number }> {
    const offsets = await this.#admin?.fetchTopicOffsets(topic);
    const found = offsets?.find((one) => one.partition === partition);
    if (found === undefined) throw new Error(`Kafka did not give the offsets of ${topic}/${partition}`);
    return { low: Number(found.low), high: Number(found.high) };
  }

  #tend(): void {
    const silentMs = performance.now() - this.#heardAt;
    if (this.#consumer !== undefined && this.#heardAt > 0) {
      if (silentMs > SILENCE_MS) this.#kafka.fail(`no answer from Kafka for ${Math.round(silentMs / 1000)} s`);
      else if (this.#wrong.size === 0) this.#kafka.ok();
      else this.#kafka.fail([...this.#wrong.values()].join("; "));
    }
    if (this.#consumer) void this.#commit(this.#consumer);
  }

  async #commit(consumer: Consumer): Promise<void> {
    const offsets = [...this.#uncommitted.values()];
    if (offsets.length === 0) return;
    this.#uncommitted.clear();
    // A hint only: what is lost here is decided by the ledger.
    await consumer.commitOffsets(offsets).catch((error: Error) => {
      this.#options.log.debug({ reason: error.message }, "Kafka did not take the committed offsets");
    });
  }
}

interface EmptyBatch {
  readonly topic: string;
  readonly partition: number;
  /** `null` when compaction has left nothing of it; kafkajs then goes on by one offset. */
  readonly firstOffset: string | null;
  readonly lastOffset: string;
}

function readOnFrom(consumer: Consumer, { topic, partition, nextOffset }: Claim): void {
  const isPaused = consumer.paused().some((one) => one.topic === topic && one.partitions.includes(partition));
  consumer.seek({ topic, partition, offset: String(nextOffset) });
  if (isPaused) consumer.resume([{ topic, partitions: [partition] }]);
}

function toRecord(topic: string, partition: number, message: KafkaMessage): ConsumedRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    // kafkajs decodes them when they are asked for, which is seldom.
    get headers() {
      return headersOf(message.headers);
    },
    producedAtMs: Number(message.timestamp),
  };
}

function headersOf(headers: IHeaders | undefined): ConsumedRecord["headers"] {
  if (headers === undefined) return {};
  const bytes = (value: Buffer | string): Uint8Array => (typeof value === "string" ? Buffer.from(value) : value);
  const entries = Object.entries(headers).map(([name, value]) => {
    if (value === undefined) return [name, null] as const;
    return [name, Array.isArray(value) ? value.map(bytes) : bytes(value)] as const;
  });
  return Object.fromEntries(entries);
}
