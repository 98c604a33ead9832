import type { Kafka } from "kafkajs";
import type { Collection } from "mongodb";
import { type LedgerEntry, ledgerId } from "#contract/storage.ts";

/** One partition, as `GET /ledger` shows it. `endOffset` and `lag` are `null` while Kafka does not answer. */
export interface LedgerLine {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly endOffset: number | null;
  readonly lag: number | null;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
}

/** The whole ledger. */
export interface LedgerReport {
  readonly partitions: readonly LedgerLine[];
  readonly totals: Omit<LedgerLine, "topic" | "partition" | "firstOffset" | "nextOffset" | "endOffset">;
}

/** How old Kafka's end offsets may be. */
const FRESH_MS = 200;
const DEADLINE_MS = 2_000;

/** Draws up the ledger from MongoDB (what the majority has) and Kafka's end offsets. */
export class LedgerReporter {
  readonly #entries: Collection<LedgerEntry>;
  readonly #kafka: Kafka;
  readonly #topics: readonly string[];
  #ends: { at: number; found: Promise<ReadonlyMap<string, number>> } | undefined;

  constructor(entries: Collection<LedgerEntry>, kafka: Kafka, topics: readonly string[]) {
    this.#entries = entries;
    this.#kafka = kafka;
    this.#topics = topics;
  }

  async report(): Promise<LedgerReport> {
    const ends = await this.#endOffsets();
    const filter = { topic: { $in: [...this.#topics] } };
    const entries = await this.#entries
      .find(filter, { readConcern: { level: "majority" } })
      .sort({ topic: 1, partition: 1 })
      .toArray();
    const partitions = entries.map(
      ({ topic, partition, firstOffset, nextOffset, stored, duplicates, deadLettered, absent }) => {
        // Read before the ledger, so it may already be behind it.
        const end = ends?.get(ledgerId(topic, partition));
        const endOffset = end === undefined ? null : Math.max(end, nextOffset);
        const lag = endOffset === null ? null : endOffset - nextOffset;
        return { topic, partition, firstOffset, nextOffset, endOffset, lag, stored, duplicates, deadLettered, absent };
      },
    );
    const sum = (of: (line: LedgerLine) => number | null): number =>
      partitions.reduce((total, line) => total + (of(line) ?? 0), 0);
    return {
      partitions,
      totals: {
        lag: ends === undefined ? null : sum((line) => line.lag),
        stored: sum((line) => line.stored),
        duplicates: sum((line) => line.duplicates),
        deadLettered: sum((line) => line.deadLettered),
        absent: sum((line) => line.absent),
      },
    };
  }

  async #endOffsets(): Promise<ReadonlyMap<string, number> | undefined> {
    const now = performance.now();
    if (this.#ends === undefined || now - this.#ends.at > FRESH_MS) this.#ends = { at: now, found: this.#askKafka() };
    try {
      return await Promise.race([this.#ends.found, Bun.sleep(DEADLINE_MS).then(() => undefined)]);
    } catch {
      return undefined;
    }
  }

  async #askKafka(): Promise<ReadonlyMap<string, number>> {
    const admin = this.#kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      const ends = new Map<string, number>();
      for (const topic of this.#topics) {
        for (const { partition, high } of await admin.fetchTopicOffsets(topic))
          ends.set(ledgerId(topic, partition), Number(high));
      }
      return ends;
    } finally {
      await admin.disconnect();
    }
  }
}
