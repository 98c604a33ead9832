import { CompressionTypes, type Kafka, type Message, type Partitioners, type Producer } from "kafkajs";
import { CloudEventHeaders, type EventKind } from "./cloud-event-headers.ts";
import { createPartitioner } from "./partitioner.ts";

/** What goes to Kafka. `value` must be a `Buffer`: kafkajs would send the text of any other bytes. */
export interface OutgoingRecord {
  /** Also the event's id. */
  readonly key: string;
  readonly value: Buffer | null;
  /** The W3C trace that the record belongs to, if any. */
  readonly traceparent?: string | undefined;
}

/** Where a record is in Kafka, once all in-sync replicas have it. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Where a record is, or that the broker takes no record as large as this one. */
export type Outcome = Delivery | "too-large";

/** Records of one send at most: kafkajs' cost per record grows beyond. */
export const MOST_RECORDS: number = 500;
/** Bytes of one send at most; a broker refuses a batch over 1 MiB unless told otherwise. */
const MOST_BYTES = 768 * 1024;
/** A record over this goes alone and compressed, since the broker's limit is on the compressed batch. */
const LARGE_BYTES = 512 * 1024;

interface Placed extends Message {
  partition?: number;
}

/** How many of the records, from the first on, go into one send. */
export function countForOneSend(records: readonly Pick<OutgoingRecord, "value">[]): number {
  let bytes = 0;
  const most = Math.min(records.length, MOST_RECORDS);
  for (let index = 0; index < most; index++) {
    bytes += records[index]?.value?.length ?? 0;
    if (bytes > MOST_BYTES) return Math.max(1, index);
  }
  return most;
}

/**
 * Sends records to one topic as CloudEvents, each try once: acknowledged by all in-sync replicas or an error. Connects
 * at the first send, if not before. kafkajs' idempotent mode is off: it allows a single request at a time, so whoever
 * repeats a send may put a record into the topic twice.
 */
export class Publisher {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #headers: CloudEventHeaders;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka, topic: string, kind: EventKind) {
    this.#topic = topic;
    this.#headers = new CloudEventHeaders(kind);
    this.#producer = kafka.producer({
      allowAutoTopicCreation: false,
      // Every try is ours, so that we can count the records that were sent again.
      retry: { retries: 0 },
      createPartitioner: notingPartitioner,
    });
  }

  /**
   * One try.
   *
   * @param records - at most {@link countForOneSend} of them
   * @param madeMs - when they were handed over, ms since 1970: their timestamp, at each try the same
   * @param traceparent - the trace of those that have none of their own
   * @returns for each record, in the same order, what became of it
   * @throws KafkaJSError when it is not known to have arrived
   */
  async send(records: readonly OutgoingRecord[], madeMs: number, traceparent?: string): Promise<Outcome[]> {
    await this.connect();
    const timestamp = String(madeMs);
    const headersOf = this.#headers.at(madeMs);
    const messages: Placed[] = records.map(({ key, value, traceparent: own }) => {
      return { key, value, timestamp, headers: headersOf(key, own ?? traceparent) };
    });
    const large = records.length === 1 && (records[0]?.value?.length ?? 0) > LARGE_BYTES;
    try {
      const answers = await this.#producer.send({
        topic: this.#topic,
        messages,
        acks: -1,
        compression: large ? CompressionTypes.GZIP : CompressionTypes.None,
      });
      const next = new Map<number, number>();
      for (const { partition, baseOffset } of answers) next.set(partition, Number(baseOffset));
      return messages.map(({ partition = 0 }) => {
        const offset = next.get(partition) ?? Number.NaN;
        next.set(partition, offset + 1);
        return { topic: this.#topic, partition, offset };
      });
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      if (records.length === 1) return ["too-large"];
      const half = records.length >> 1;
      const first = await this.send(records.slice(0, half), madeMs, traceparent);
      return [...first, ...(await this.send(records.slice(half), madeMs, traceparent))];
    }
  }

  /** Ends the connection; sends under way fail. */
  async stop(): Promise<void> {
    await this.#producer.disconnect();
  }

  /** Connects, if it has not yet; a first send that had to do it would hold up those behind it. */
  connect(): Promise<void> {
    this.#connected ??= this.#producer.connect().catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    });
    return this.#connected;
  }
}

/** Writes the partition that it chose into the message: kafkajs' answer has offsets by partition only. */
const notingPartitioner: typeof Partitioners.DefaultPartitioner = () => {
  const choose = createPartitioner();
  return (args) => {
    const partition = choose(args);
    (args.message as Placed).partition = partition;
    return partition;
  };
};

/**
 * Whether the records of a failed send may be in the topic all the same: the request may have left before the
 * connection broke. If so, sending them again may put them there twice.
 */
export function mayHaveArrived(error: unknown): boolean {
  return !causes(error).some(
    ({ name, message, code }) =>
      name === "KafkaJSBrokerNotFound" ||
      name === "KafkaJSMetadataNotLoaded" ||
      message.includes("Connection timeout") ||
      ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"].includes(String(code)),
  );
}

function isTooLarge(error: unknown): boolean {
  return causes(error).some(({ type }) => type === "MESSAGE_TOO_LARGE");
}

function causes(error: unknown): (Error & { code?: unknown; type?: unknown })[] {
  const found: Error[] = [];
  for (let cause = error; cause instanceof Error && !found.includes(cause); cause = cause.cause) found.push(cause);
  return found;
}
