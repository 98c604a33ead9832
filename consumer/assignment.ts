import { ledgerId } from "#contract/storage.ts";
import type { Log } from "#runtime/log.ts";
import type { PartReadiness } from "#runtime/readiness.ts";
import type { KafkaHealth } from "./kafka-health.ts";
import { type EmptyBatch, HEARTBEAT_MS, type KafkaSession } from "./kafka-session.ts";
import { type BatchControl, PartitionWriter } from "./partition-writer.ts";
import { pauseMs } from "./pause.ts";
import type { ReaderMetrics } from "./reader-metrics.ts";
import type { SourceOfTopic } from "./record.ts";
import { type Claim, type Sink, SinkUnavailable } from "./sink.ts";

/** What an assignment works with. */
export interface AssignmentGround {
  readonly sink: Sink;
  readonly sources: SourceOfTopic;
  readonly log: Log;
  readonly metrics: ReaderMetrics;
  readonly mongo: PartReadiness;
  readonly health: KafkaHealth;
}

/** The partitions that the group has given to one session: each is claimed in the ledger and sought to where it stands. */
export class Assignment {
  readonly #session: KafkaSession;
  readonly #ground: AssignmentGround;
  /** Writers by ledger id, from the moment of the assignment on. */
  #writers = new Map<string, Promise<PartitionWriter>>();
  /** The same once they are there; the newest of each that is ours. */
  readonly #current = new Map<string, PartitionWriter>();
  #closed = false;

  constructor(session: KafkaSession, ground: AssignmentGround) {
    this.#session = session;
    this.#ground = ground;
  }

  /** Nothing is claimed and no further chunk is written any more. */
  close(): void {
    this.#closed = true;
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    const heartbeat = async (): Promise<void> => undefined;
    await Promise.allSettled([...this.#current.values()].map((writer) => writer.settled({ heartbeat })));
  }

  /** Claims every partition that the group has given us. */
  takeOver(assignment: Readonly<Record<string, number[]>>): void {
    this.#writers = new Map();
    const isOurs = ({ claim }: PartitionWriter): boolean => assignment[claim.topic]?.includes(claim.partition) ?? false;
    for (const [id, writer] of this.#current) if (!isOurs(writer)) this.#current.delete(id);
    // Without a partition there is nothing to ask MongoDB for.
    if (Object.keys(assignment).length === 0) this.#ground.mongo.ok();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        // Fetching it would end the session again.
        if (this.#ground.health.isUnreadable(ledgerId(topic, partition)))
          this.#session.consumer.pause([{ topic, partitions: [partition] }]);
        else this.claim(topic, partition);
      }
    }
    // In one line, where the text format gives each element of a list its own.
    const partitions = Object.entries(assignment).map(([topic, numbers]) => `${topic} ${numbers.join(" ")}`);
    this.#ground.log.info({ partitions: partitions.join(", ") || "none" }, "partitions assigned");
  }

  /** Claims a partition, again and again until it works, and reads on from where the ledger stands. */
  claim(topic: string, partition: number): Promise<PartitionWriter> {
    const { log, mongo, health } = this.#ground;
    const id = ledgerId(topic, partition);
    const writers = this.#writers;
    // A claim that took long must not put its writer in the place of a later one's.
    const isCurrent = (): boolean => this.#writers === writers && writers.get(id) === claiming && !this.#closed;
    const claiming: Promise<PartitionWriter> = (async () => {
      for (let tries = 0; ; tries++) {
        try {
          const writer = await this.#claimOnce(topic, partition, isCurrent);
          if (writer !== undefined) {
            if (isCurrent()) this.#session.readFrom(topic, partition, writer.claim.nextOffset);
            return writer;
          }
          // Not read meanwhile, so that the others are not held up.
          if (isCurrent()) this.#session.consumer.pause([{ topic, partitions: [partition] }]);
        } catch (error) {
          if (!isCurrent()) throw error;
          const reason = error instanceof Error ? error.message : String(error);
          (error instanceof SinkUnavailable ? mongo : health).fail(reason);
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

  /** Whether the partition has not been claimed again since. */
  isCurrent(writer: PartitionWriter): boolean {
    const { topic, partition } = writer.claim;
    return !this.#closed && this.#current.get(ledgerId(topic, partition)) === writer;
  }

  /**
   * The claim may take long while MongoDB is away; the group must not lose us meanwhile.
   *
   * @returns `undefined` when the partition must not be read as it is
   */
  async writerOf(
    topic: string,
    partition: number,
    heartbeat: () => Promise<void>,
  ): Promise<PartitionWriter | undefined> {
    const id = ledgerId(topic, partition);
    let claiming = this.#writers.get(id) ?? this.claim(topic, partition);
    for (;;) {
      const writer = await Promise.race([claiming, Bun.sleep(HEARTBEAT_MS)]).catch((error: unknown) => {
        // A later claim has taken its place, unless the partition is not ours any more.
        const later = this.#writers.get(id);
        if (later === undefined || later === claiming) throw error;
        claiming = later;
      });
      if (writer instanceof PartitionWriter) return writer;
      if (this.#ground.health.isWrong(id)) return undefined;
      await heartbeat();
      if (this.#closed) throw new Error("stopping");
    }
  }

  /** Up to where a partition's records have come from Kafka; `undefined` when it was not claimed yet. */
  takenTo({ topic, partition }: Pick<Claim, "topic" | "partition">): number | undefined {
    return this.#current.get(ledgerId(topic, partition))?.takenTo;
  }

  /** Asks Kafka how far ahead it is and tells the metrics; nothing else would while a write takes long. */
  async tellLag(): Promise<void> {
    const { sources, metrics } = this.#ground;
    for (const topic of Object.keys(sources)) {
      for (const { partition, high } of await this.#session.logsOf(topic)) {
        const writer = this.#current.get(ledgerId(topic, partition));
        if (writer !== undefined) metrics.lag(topic, partition, high - writer.claim.nextOffset);
      }
    }
  }

  /** Moves the ledger over a batch that holds nothing. */
  async passOver({ topic, partition, firstOffset, lastOffset }: EmptyBatch): Promise<void> {
    const writer = await this.#writers.get(ledgerId(topic, partition));
    if (writer === undefined) return;
    await writer.passOver(Number(firstOffset ?? lastOffset), Number(lastOffset) + 1, this.#withoutBatch(writer));
  }

  /** Warns of records that nobody has read. */
  sayExpired({ topic, partition, nextOffset }: Claim, low: number): void {
    this.#ground.log.warn(
      { topic, partition, from: nextOffset, to: low },
      "records expired before they were read; they are counted as absent",
    );
  }

  /** @returns `undefined` when the log in Kafka can't be the one that the ledger speaks of */
  async #claimOnce(topic: string, partition: number, isCurrent: () => boolean): Promise<PartitionWriter | undefined> {
    const { sink, log, metrics, sources, mongo, health } = this.#ground;
    const source = sources[topic];
    if (source === undefined) throw new Error(`no source writes to ${topic}`);
    const id = ledgerId(topic, partition);
    const { low, high } = await this.#session.logOf(topic, partition);
    const claim = await sink.claim(topic, partition, low);
    mongo.ok();
    // The second look is for a predecessor that wrote on between the first one and our claim.
    if (high < claim.nextOffset && (await this.#session.logOf(topic, partition)).high < claim.nextOffset) {
      const reason = `${id} ends at ${high}, but the ledger stands at ${claim.nextOffset}: the topic was deleted and made again. Nothing of it is read until its entry in the ledger is removed`;
      if (health.partitionWrong(id, reason)) log.error({ topic, partition }, reason);
      return undefined;
    }
    if (!isCurrent()) throw new Error(`${id} was assigned anew`);
    health.works(id);
    const writer = new PartitionWriter(claim, source, { sink, log, metrics, mongo });
    this.#current.set(id, writer);
    if (low > claim.nextOffset) {
      this.sayExpired(claim, low);
      // Now, since there may be nothing behind it for a long time.
      await writer.passOver(claim.nextOffset, low, this.#withoutBatch(writer));
    }
    return writer;
  }

  /** For what is written outside of kafkajs' own batches. */
  #withoutBatch(writer: PartitionWriter): BatchControl {
    return {
      mayGoOn: () => this.isCurrent(writer),
      heartbeat: async () => undefined,
      resolve: () => undefined,
    };
  }
}
