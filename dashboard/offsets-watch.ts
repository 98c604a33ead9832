import { type Admin, type Kafka, KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } from "kafkajs";
import { ledgerId } from "#contract/storage.ts";
import type { PartWatch } from "./part-states.ts";

/** What Kafka has of one partition. */
export interface PartitionOffsets {
  readonly low: number;
  readonly end: number;
  /** When it said so, ms since 1970. */
  readonly atMs: number;
}

interface Look {
  readonly atMs: number;
  /** Sum of end offsets. */
  readonly end: number;
}

/** Twice a second, at the borders of seconds, so that the difference of two looks is what arrived in a second. */
const EVERY_MS = 500;
const SILENCE_MS = 3_000;
/** Between two looks further apart nobody knows when the records arrived. */
const FARTHEST_APART_MS = 1_600;
/** Long enough for whoever asks about a second a little later. */
const LOOKS_KEPT = 200;

/** Watches how far Kafka has got: end offsets, and what arrived in each complete second. No record is read. */
export class OffsetsWatch {
  readonly #kafka: Kafka;
  readonly #topics: readonly string[];
  readonly #part: PartWatch;
  readonly #offsets = new Map<string, PartitionOffsets>();
  /** By topic, oldest first. */
  readonly #looks: ReadonlyMap<string, Look[]>;
  #admin: Admin | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #answeredAt: number = Number.NEGATIVE_INFINITY;
  /** The last look failed: the part is said to be down, so what it said before is no longer told as if it held. */
  #hasFailed = false;
  #stopped = false;

  constructor(kafka: Kafka, topics: readonly string[], part: PartWatch) {
    this.#kafka = kafka;
    this.#topics = topics;
    this.#part = part;
    this.#looks = new Map(topics.map((topic) => [topic, []]));
  }

  start(): void {
    void this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#admin?.disconnect().catch(() => undefined);
  }

  /** Offsets of a partition, or `undefined` while Kafka does not answer. */
  of(topic: string, partition: number): PartitionOffsets | undefined {
    return this.#hasFailed || this.#isSilent() ? undefined : this.#offsets.get(ledgerId(topic, partition));
  }

  /** Partitions of a topic that Kafka told of, also when it no longer answers. */
  partitions(topic: string): number[] {
    const numbers: number[] = [];
    for (let partition = 0; this.#offsets.has(ledgerId(topic, partition)); partition++) numbers.push(partition);
    return numbers;
  }

  /** Records that arrived in a topic within a second, or `null` when Kafka was not asked around both its ends. */
  arrivedIn(topic: string, second: number): number | null {
    const before = this.#endAt(topic, second * 1000);
    const after = this.#endAt(topic, (second + 1) * 1000);
    return before === undefined || after === undefined || after < before ? null : after - before;
  }

  /** End offsets at a moment; between two looks, which come a few ms late, in proportion. */
  #endAt(topic: string, atMs: number): number | undefined {
    const looks = this.#looks.get(topic) ?? [];
    const next = looks.findLastIndex((look) => look.atMs <= atMs) + 1;
    const [before, after] = [looks[next - 1], looks[next]];
    if (before === undefined || after === undefined || after.atMs - before.atMs > FARTHEST_APART_MS) return undefined;
    const share = (atMs - before.atMs) / (after.atMs - before.atMs);
    return Math.round(before.end + (after.end - before.end) * share);
  }

  #isSilent(): boolean {
    return performance.now() - this.#answeredAt > SILENCE_MS;
  }

  async #look(): Promise<void> {
    try {
      const admin = await this.#connected();
      const missing: string[] = [];
      for (const topic of this.#topics) if (!(await this.#ask(admin, topic))) missing.push(topic);
      this.#answeredAt = performance.now();
      this.#hasFailed = false;
      if (missing.length === 0) this.#part.ok();
      else this.#part.hinder(missing.map((topic) => `it has no topic ${topic}`).join(", "));
    } catch (error) {
      if (this.#isSilent()) this.#forgetAdmin();
      this.#hasFailed = true;
      this.#part.fail(`no answer from Kafka: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), EVERY_MS - (Date.now() % EVERY_MS));
  }

  /** @returns whether there is such a topic */
  async #ask(admin: Admin, topic: string): Promise<boolean> {
    const found = await admin.fetchTopicOffsets(topic).catch(orMissing);
    if (found === undefined) {
      for (const partition of this.partitions(topic)) this.#offsets.delete(ledgerId(topic, partition));
      return false;
    }
    const atMs = Date.now();
    let end = 0;
    for (const { partition, low, high } of found) {
      this.#offsets.set(ledgerId(topic, partition), { low: Number(low), end: Number(high), atMs });
      end += Number(high);
    }
    const looks = this.#looks.get(topic);
    looks?.push({ atMs, end });
    if (looks && looks.length > LOOKS_KEPT) looks.shift();
    return true;
  }

  async #connected(): Promise<Admin> {
    if (this.#admin !== undefined) return this.#admin;
    const admin = this.#kafka.admin({ retry: { retries: 0 } });
    await admin.connect();
    this.#admin = admin;
    return admin;
  }

  #forgetAdmin(): void {
    void this.#admin?.disconnect().catch(() => undefined);
    this.#admin = undefined;
  }
}

/** A broker that does not know a topic works. */
function orMissing(error: unknown): undefined {
  const cause = error instanceof KafkaJSNumberOfRetriesExceeded ? error.cause : error;
  if (cause instanceof KafkaJSProtocolError && cause.type === "UNKNOWN_TOPIC_OR_PARTITION") return undefined;
  throw error;
}
