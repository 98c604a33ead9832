import type { Admin, Kafka } from "kafkajs";
import { ledgerId } from "#contract/storage.ts";
import type { PartReadiness } from "#runtime/readiness.ts";

/** What Kafka has of one partition. */
export interface PartitionOffsets {
  readonly low: number;
  readonly end: number;
}

/** Asked twice a second, at the borders of seconds, so that the difference of two is what arrived in a second. */
const EVERY_MS = 500;
const SILENCE_MS = 3_000;
const SECONDS_KEPT = 900;

/** Watches how far Kafka has got: end offsets, and what arrived in each complete second. No record is read. */
export class OffsetsWatch {
  readonly #kafka: Kafka;
  readonly #topics: readonly string[];
  readonly #part: PartReadiness;
  readonly #offsets = new Map<string, PartitionOffsets>();
  /** Sum of end offsets at the beginning of a second, by topic. */
  readonly #atSecond = new Map<number, ReadonlyMap<string, number>>();
  #admin: Admin | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #answeredAt = 0;
  #stopped = false;

  constructor(kafka: Kafka, topics: readonly string[], part: PartReadiness) {
    this.#kafka = kafka;
    this.#topics = topics;
    this.#part = part;
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
    return this.#isSilent() ? undefined : this.#offsets.get(ledgerId(topic, partition));
  }

  /** Partitions of a topic that Kafka told of, also when it no longer answers. */
  partitions(topic: string): number[] {
    const numbers: number[] = [];
    for (let partition = 0; this.#offsets.has(ledgerId(topic, partition)); partition++) numbers.push(partition);
    return numbers;
  }

  /** Records that arrived in a topic within a second, or `null` when Kafka was not asked at both its ends. */
  arrivedIn(topic: string, second: number): number | null {
    const before = this.#atSecond.get(second)?.get(topic);
    const after = this.#atSecond.get(second + 1)?.get(topic);
    return before === undefined || after === undefined || after < before ? null : after - before;
  }

  #isSilent(): boolean {
    return performance.now() - this.#answeredAt > SILENCE_MS;
  }

  async #look(): Promise<void> {
    try {
      const ends = new Map<string, number>();
      const admin = await this.#connected();
      for (const topic of this.#topics) ends.set(topic, await this.#ask(admin, topic));
      const now = Date.now();
      // A look that came late says nothing of the border of the second.
      if (now % 1000 < 150) this.#atSecond.set(Math.floor(now / 1000), ends);
      this.#atSecond.delete(Math.floor(now / 1000) - SECONDS_KEPT);
      this.#answeredAt = performance.now();
      this.#part.ok();
    } catch (error) {
      this.#part.fail(`no answer from Kafka: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), EVERY_MS - (Date.now() % EVERY_MS));
  }

  async #ask(admin: Admin, topic: string): Promise<number> {
    let sum = 0;
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      this.#offsets.set(ledgerId(topic, partition), { low: Number(low), end: Number(high) });
      sum += Number(high);
    }
    return sum;
  }

  async #connected(): Promise<Admin> {
    if (this.#admin !== undefined && !this.#isSilent()) return this.#admin;
    await this.#admin?.disconnect().catch(() => undefined);
    this.#admin = this.#kafka.admin({ retry: { retries: 0 } });
    await this.#admin.connect();
    return this.#admin;
  }
}
