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

/** The whole ledger. Its lag counts the partitions that nobody has claimed yet, too; `null` when one is not known. */
export interface LedgerReport {
  readonly partitions: readonly LedgerLine[];
  readonly totals: Omit<LedgerLine, "topic" | "partition" | "firstOffset" | "nextOffset" | "endOffset">;
}

/** What Kafka keeps of a partition: the first offset, and the one after the last. */
interface Span {
  readonly low: number;
  readonly high: number;
}

/** How long Kafka may take to tell them. */
const DEADLINE_MS = 2_000;

/** Draws up the ledger from MongoDB (what the majority has) and Kafka's end offsets. */
export class LedgerReporter {
  readonly #entries: Collection<LedgerEntry>;
  readonly #kafka: Kafka;
  readonly #topics: readonly string[];
  #asked: Promise<unknown> = Promise.resolve();
  #next: Promise<ReadonlyMap<string, Span> | undefined> | undefined;

  constructor(entries: Collection<LedgerEntry>, kafka: Kafka, topics: readonly string[]) {
    this.#entries = entries;
    this.#kafka = kafka;
    this.#topics = topics;
  }

  async report(): Promise<LedgerReport> {
    const spans = await this.#spansInKafka();
    const filter = { topic: { $in: [...this.#topics] } };
    const entries = await this.#entries
      .find(filter, { readConcern: { level: "majority" } })
      .sort({ topic: 1, partition: 1 })
      .toArray();
    const partitions = entries.map(
      ({ topic, partition, firstOffset, nextOffset, stored, duplicates, deadLettered, absent }) => {
        // Read before the ledger, so it may already be behind it.
        const end = spans?.get(ledgerId(topic, partition))?.high;
        const endOffset = end === undefined ? null : Math.max(end, nextOffset);
        const lag = endOffset === null ? null : endOffset - nextOffset;
        return { topic, partition, firstOffset, nextOffset, endOffset, lag, stored, duplicates, deadLettered, absent };
      },
    );
    const sum = (of: (line: LedgerLine) => number): number => partitions.reduce((total, line) => total + of(line), 0);
    return {
      partitions,
      totals: {
        lag: spans === undefined ? null : totalLag(partitions, spans),
        stored: sum((line) => line.stored),
        duplicates: sum((line) => line.duplicates),
        deadLettered: sum((line) => line.deadLettered),
        absent: sum((line) => line.absent),
      },
    };
  }

  /**
   * Kafka is asked once at a time. Whoever comes meanwhile shares the question after it: an answer that is older than
   * the request would call what was sent before it read.
   */
  #spansInKafka(): Promise<ReadonlyMap<string, Span> | undefined> {
    this.#next ??= this.#asked.then(() => {
      this.#next = undefined;
      const nothing = (): undefined => undefined;
      const answer = Promise.race([this.#askKafka().catch(nothing), Bun.sleep(DEADLINE_MS).then(nothing)]);
      this.#asked = answer;
      return answer;
    });
    return this.#next;
  }

  async #askKafka(): Promise<ReadonlyMap<string, Span>> {
    const admin = this.#kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      const spans = new Map<string, Span>();
      for (const topic of this.#topics) {
        for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
          spans.set(ledgerId(topic, partition), { low: Number(low), high: Number(high) });
      }
      return spans;
    } finally {
      await admin.disconnect();
    }
  }
}

/** Partitions may have been added since the consumer last looked: what they hold is not read either. */
function totalLag(lines: readonly LedgerLine[], spans: ReadonlyMap<string, Span>): number | null {
  const unclaimed = new Map(spans);
  let total = 0;
  for (const { topic, partition, lag } of lines) {
    if (lag === null) return null;
    total += lag;
    unclaimed.delete(ledgerId(topic, partition));
  }
  for (const { low, high } of unclaimed.values()) total += high - low;
  return total;
}
