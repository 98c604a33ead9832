import type { Admin, Consumer, EachBatchPayload, Kafka } from "kafkajs";

/** A killed consumer's partitions are given to another after this. */
const SESSION_TIMEOUT_MS = 6_000;
/** How often the group hears of us at most, and thus how late we hear that another member has left: all pause that long. */
export const HEARTBEAT_MS = 500;
/**
 * Bytes of one partition in one fetch: about as much as one transaction takes. With half of it they get small; twice as
 * much is hardly faster and takes a fifth more memory.
 */
const FETCH_BYTES = 1024 * 1024;
/** How long Kafka waits for a first record. No heartbeat is sent meanwhile, so that it is as short as the time between two. */
const LONGEST_FETCH_MS = HEARTBEAT_MS;
/** How long what is known of the topics counts: partitions that are added are noticed, and claimed, after at most this. */
const METADATA_AGE_MS = 5_000;

/** A stretch of the log in which Kafka has nothing for a reader. */
export interface EmptyBatch {
  readonly topic: string;
  readonly partition: number;
  /** `null` when compaction has left nothing of it; kafkajs then goes on by one offset. */
  readonly firstOffset: string | null;
  readonly lastOffset: string;
}

/** Where a batch is that kafkajs, or Kafka itself, could not decode; our patch of kafkajs says so. */
export interface Unreadable {
  readonly topic: string;
  readonly partition: number;
  /** Unknown, like the last one, when Kafka can't find the batch in its own log. */
  readonly firstOffset?: string;
  readonly lastOffset?: string;
}

/** What of a partition is in Kafka: from the first offset that is still there to before the next one that will be given. */
export interface LogRange {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/** Who is told what happens in a session. */
export interface SessionListener {
  /** Kafka has answered. */
  onHeard(): void;
  onFetched(ms: number): void;
  onJoined(assignment: Readonly<Record<string, number[]>>): void;
  onBatch(payload: EachBatchPayload): Promise<void>;
  /** A batch that holds only markers or aborted records, which never reaches `onBatch`. */
  onEmptyBatch(batch: EmptyBatch): void;
  /** @param unreadable - where a batch is that could not be decoded */
  onCrash(error: Error, unreadable: Unreadable | undefined): void;
  /** kafkajs begins anew by itself after a crash. */
  onRestart(): void;
}

/** One life of kafkajs' consumer in the group: until it crashes in a way that it does not recover from itself. */
export class KafkaSession {
  readonly consumer: Consumer;
  readonly #admin: Admin;
  readonly #topics: readonly string[];
  readonly #listener: SessionListener;
  readonly #crashed: Promise<never>;
  #closed = false;

  constructor(kafka: Kafka, groupId: string, topics: readonly string[], listener: SessionListener) {
    this.#topics = topics;
    this.#listener = listener;
    this.#admin = kafka.admin({ retry: { retries: 0 } });
    this.consumer = kafka.consumer({
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: 10_000,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: LONGEST_FETCH_MS,
      minBytes: 1,
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES * 4,
      metadataMaxAge: METADATA_AGE_MS,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8, restartOnFailure: async () => !this.#closed },
    });
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => undefined);
    this.#crashed = promise;
    this.#listen(reject);
  }

  /** Asks whether Kafka is there. @throws when it does not answer */
  async connect(): Promise<void> {
    await this.#admin.connect();
  }

  /** Topics that Kafka does not have yet. */
  async missingTopics(): Promise<string[]> {
    const known = new Set(await this.#admin.listTopics());
    return this.#topics.filter((topic) => !known.has(topic));
  }

  /** Joins the group and reads. @throws what the session ended with */
  async run(): Promise<never> {
    const { consumer } = this;
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.#topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 8,
      eachBatch: (payload) => this.#listener.onBatch(payload),
    });
    return this.#crashed;
  }

  /** The first offset of a partition that is still there, and the next one that will be given. */
  async logOf(topic: string, partition: number): Promise<Pick<LogRange, "low" | "high">> {
    const found = (await this.logsOf(topic)).find((one) => one.partition === partition);
    if (found === undefined) throw new Error(`Kafka did not give the offsets of ${topic}/${partition}`);
    return found;
  }

  /** The same of all partitions of a topic. */
  async logsOf(topic: string): Promise<LogRange[]> {
    const offsets = await this.#admin.fetchTopicOffsets(topic);
    return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
  }

  /** Goes on reading a partition from an offset, also when it was paused. */
  readFrom(topic: string, partition: number, offset: number): void {
    const { consumer } = this;
    const isPaused = consumer.paused().some((one) => one.topic === topic && one.partitions.includes(partition));
    consumer.seek({ topic, partition, offset: String(offset) });
    if (isPaused) consumer.resume([{ topic, partitions: [partition] }]);
  }

  /** Waits for the batches in hand, then leaves the group, so that others need not wait for our session to end. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.consumer.disconnect().catch(() => undefined);
    await this.#admin.disconnect().catch(() => undefined);
  }

  #listen(crash: (error: Error) => void): void {
    const { consumer } = this;
    const listener = this.#listener;
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
      listener.onCrash(error, unreadableOf(error));
      if (restart) listener.onRestart();
      else crash(error);
    });
    consumer.on(consumer.events.FETCH, ({ payload }) => {
      listener.onHeard();
      listener.onFetched(payload.duration);
    });
    consumer.on(consumer.events.HEARTBEAT, () => listener.onHeard());
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      listener.onHeard();
      listener.onJoined(payload.memberAssignment);
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) listener.onEmptyBatch(payload);
    });
  }
}

/** kafkajs wraps errors, some of them several times. */
function unreadableOf(error: unknown): Unreadable | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { unreadable } = cause as { unreadable?: Unreadable };
    if (unreadable !== undefined) return unreadable;
  }
  return undefined;
}
