import type { SourceId } from "#contract/sources.ts";
import { type LedgerEntry, ledgerId } from "#contract/storage.ts";
import type { LedgerWatch } from "./ledger-watch.ts";
import type { OffsetsWatch, PartitionOffsets } from "./offsets-watch.ts";
import type { LedgerLine } from "./web/feed-format.ts";

/** What the lines are made of. */
export interface LedgerLinesOptions {
  readonly topics: Readonly<Record<SourceId, string>>;
  readonly ledger: Pick<LedgerWatch, "entries" | "askedAtMs">;
  readonly offsets: Pick<OffsetsWatch, "of" | "partitions">;
}

interface Look {
  readonly askedAtMs: number;
  readonly nextOffsets: ReadonlyMap<string, number>;
}

/** Looks at the ledger that are kept, one second of them: Kafka is asked twice a second. */
const LOOKS_KEPT = 12;

/** Holds the ledger against Kafka, partition by partition, although the two can't be asked at one moment. */
export class LedgerLines {
  readonly #options: LedgerLinesOptions;
  /** Oldest first. */
  readonly #looks: Look[] = [];

  constructor(options: LedgerLinesOptions) {
    this.#options = options;
  }

  /** To be called after each look at the ledger. */
  note(): void {
    const { entries, askedAtMs } = this.#options.ledger;
    if (this.#looks.at(-1)?.askedAtMs === askedAtMs) return;
    this.#looks.push({ askedAtMs, nextOffsets: new Map(entries.map(({ _id, nextOffset }) => [_id, nextOffset])) });
    if (this.#looks.length > LOOKS_KEPT) this.#looks.shift();
  }

  /** Every partition of a source's topic that Kafka or the ledger knows; none before MongoDB has told the ledger once. */
  of(source: SourceId): LedgerLine[] {
    const { ledger, offsets, topics } = this.#options;
    if (ledger.askedAtMs === 0) return [];
    const topic = topics[source];
    const entries = new Map(
      ledger.entries.filter((entry) => entry.topic === topic).map((entry) => [entry.partition, entry]),
    );
    const partitions = [...new Set([...entries.keys(), ...offsets.partitions(topic)])].sort((a, b) => a - b);
    return partitions.map((partition) => this.#line(source, topic, partition, entries.get(partition)));
  }

  #line(source: SourceId, topic: string, partition: number, entry: LedgerEntry | undefined): LedgerLine {
    const inKafka = this.#options.offsets.of(topic, partition);
    const nextOffset = entry?.nextOffset ?? inKafka?.low ?? 0;
    return {
      ...{ topic, source, partition, nextOffset },
      firstOffset: entry?.firstOffset ?? inKafka?.low ?? 0,
      // Kafka is asked less often than the ledger, which may have passed its last answer.
      endOffset: inKafka === undefined ? null : Math.max(inKafka.end, nextOffset),
      stored: entry?.stored ?? 0,
      duplicates: entry?.duplicates ?? 0,
      deadLettered: entry?.deadLettered ?? 0,
      absent: entry?.absent ?? 0,
      ...this.#compare(ledgerId(topic, partition), inKafka, nextOffset),
    };
  }

  /** At the moment of Kafka's answer, the ledger was between its looks before and after it. */
  #compare(id: string, inKafka: PartitionOffsets | undefined, nextOffset: number): Pick<LedgerLine, "lag" | "isAhead"> {
    if (inKafka === undefined) return { lag: null, isAhead: false };
    const { end, atMs } = inKafka;
    const next = this.#looks.findIndex(({ askedAtMs }) => askedAtMs >= atMs);
    const [before, after] = next < 0 ? [this.#looks.at(-1), undefined] : [this.#looks[next - 1], this.#looks[next]];
    const least = before?.nextOffsets.get(id);
    const most = after?.nextOffsets.get(id) ?? nextOffset;
    const share = before && after ? (atMs - before.askedAtMs) / (after.askedAtMs - before.askedAtMs) : 0;
    const then = least === undefined ? most : least + (most - least) * share;
    return { lag: Math.max(0, Math.round(end - then)), isAhead: least !== undefined && least > end };
  }
}
