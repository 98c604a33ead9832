import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { EventStream } from "#runtime/event-stream.ts";
import type { LedgerWatch } from "./ledger-watch.ts";
import type { OffsetsWatch } from "./offsets-watch.ts";
import type { PartStates } from "./part-states.ts";
import type { RollupsWatch } from "./rollups-watch.ts";
import type { Samples } from "./samples.ts";
import type { ServicesWatch } from "./services-watch.ts";
import type { History, LedgerLine, Sample, Second, Snapshot, SourceTotals, Tick } from "./web/feed-format.ts";

/** What the hub puts together. */
export interface HubOptions {
  readonly stream: EventStream;
  readonly topics: Readonly<Record<SourceId, string>>;
  readonly tokenNeeded: boolean;
  readonly parts: PartStates;
  readonly offsets: OffsetsWatch;
  readonly ledger: LedgerWatch;
  readonly rollups: RollupsWatch;
  readonly services: ServicesWatch;
  readonly samples: Samples;
}

const SAMPLE_EVERY_MS = 1_000;
const TOP_EVERY_TICKS = 10;
const encoder = new TextEncoder();

/** Puts together what the watches know, and tells all pages at once: one encoded tick for everybody. */
export class Hub {
  readonly #options: HubOptions;
  readonly #run: string = crypto.randomUUID();
  #ticks = 0;
  #sampledAt = 0;
  #freshSamples: Sample[] = [];

  constructor(options: HubOptions) {
    this.#options = options;
  }

  start(): void {
    const { offsets, ledger, rollups, services } = this.#options;
    offsets.start();
    rollups.start();
    services.start();
    ledger.start(() => this.#tick());
  }

  async stop(): Promise<void> {
    const { stream, offsets, ledger, rollups, services } = this.#options;
    stream.close();
    services.stop();
    rollups.stop();
    ledger.stop();
    await offsets.stop();
  }

  /** The first frame of a stream: how long to wait before coming back, and everything as it is now. */
  firstFrame(): Uint8Array {
    const { topics, tokenNeeded, rollups } = this.#options;
    const snapshot: Snapshot = { ...this.#state([], []), run: this.#run, topics, tokenNeeded, top: rollups.topLists() };
    // Pages that lose the server together should not come back together.
    const retryMs = 500 + Math.floor(Math.random() * 1_500);
    return encoder.encode(
      `retry: ${retryMs}\nevent: snapshot\nid: ${this.#ticks}\ndata: ${JSON.stringify(snapshot)}\n\n`,
    );
  }

  history(rangeSeconds: number): History {
    const { rollups, samples } = this.#options;
    return {
      nowMs: Date.now(),
      seconds: rollups.history(rangeSeconds),
      samples: samples.kept,
      top: rollups.topLists(),
    };
  }

  #tick(): void {
    const { stream, rollups } = this.#options;
    this.#ticks++;
    this.#readSamples();
    const seconds = rollups.takeChanged();
    const samples = this.#freshSamples;
    this.#freshSamples = [];
    if (stream.size === 0) return;
    const tick = this.#state(seconds, samples);
    const withTop = this.#ticks % TOP_EVERY_TICKS === 0 ? { ...tick, top: rollups.topLists() } : tick;
    stream.send(encoder.encode(`event: tick\nid: ${this.#ticks}\ndata: ${JSON.stringify(withTop)}\n\n`));
  }

  #readSamples(): void {
    const now = performance.now();
    if (now - this.#sampledAt < SAMPLE_EVERY_MS) return;
    this.#sampledAt = now;
    const ids = this.#options.rollups.takeSamples();
    void this.#options.samples
      .read(ids)
      .then((fresh) => this.#freshSamples.unshift(...fresh))
      // MongoDB away is said elsewhere; a sample that is missed is missed.
      .catch(() => undefined);
  }

  #state(seconds: readonly Second[], samples: readonly Sample[]): Tick {
    const { parts, services } = this.#options;
    const ledger = this.#ledgerLines();
    const totals = Object.fromEntries(
      SOURCES.map(({ id }) => [id, totalsOf(ledger.filter(({ source }) => source === id))]),
    );
    return {
      nowMs: Date.now(),
      parts: parts.all(),
      totals: totals as Record<SourceId, SourceTotals>,
      ledger,
      controls: services.controls,
      seconds,
      samples,
    };
  }

  /** Every partition that Kafka or the ledger knows. */
  #ledgerLines(): LedgerLine[] {
    const { ledger, offsets, topics } = this.#options;
    return SOURCES.flatMap(({ id }) => {
      const topic = topics[id];
      const entries = new Map(
        ledger.entries.filter((entry) => entry.topic === topic).map((entry) => [entry.partition, entry]),
      );
      const partitions = [...new Set([...entries.keys(), ...offsets.partitions(topic)])].sort((a, b) => a - b);
      return partitions.map((partition): LedgerLine => {
        const entry = entries.get(partition);
        const inKafka = offsets.of(topic, partition);
        const nextOffset = entry?.nextOffset ?? inKafka?.low ?? 0;
        return {
          ...{ topic, source: id, partition, nextOffset },
          firstOffset: entry?.firstOffset ?? inKafka?.low ?? 0,
          // Kafka is asked less often than the ledger, which may have passed its last answer.
          endOffset: inKafka === undefined ? null : Math.max(inKafka.end, nextOffset),
          stored: entry?.stored ?? 0,
          duplicates: entry?.duplicates ?? 0,
          deadLettered: entry?.deadLettered ?? 0,
          absent: entry?.absent ?? 0,
        };
      });
    });
  }
}

function totalsOf(lines: readonly LedgerLine[]): SourceTotals {
  const totals = { produced: 0, stored: 0, duplicates: 0, deadLettered: 0, absent: 0 };
  for (const line of lines) {
    totals.produced += (line.endOffset ?? line.nextOffset) - line.firstOffset;
    totals.stored += line.stored;
    totals.duplicates += line.duplicates;
    totals.deadLettered += line.deadLettered;
    totals.absent += line.absent;
  }
  return totals;
}
