import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { REASONS } from "#contract/reasons.ts";
import type { Written } from "./sink.ts";

/** What the consumer tells Prometheus; "is it us or Kafka or MongoDB?" is answered by the times. */
export class ReaderMetrics {
  readonly #records: Counter<"topic">;
  readonly #outcomes: Counter<"outcome">;
  readonly #chunks: Histogram;
  readonly #writing: Histogram;
  readonly #reasons: Counter<"reason">;
  readonly #phases: Counter<"phase">;
  readonly #waiting: Counter;
  readonly #fetches: Counter;
  readonly #retries: Counter<"cause">;
  readonly #rebalances: Counter;
  readonly #lag: Gauge<"topic" | "partition">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#records = new Counter({
      name: "consumer_records_total",
      help: "Records read from Kafka",
      labelNames: ["topic"],
      registers,
    });
    this.#outcomes = new Counter({
      name: "consumer_outcomes_total",
      help: "What became of the records: stored, duplicate, dead_letter, absent",
      labelNames: ["outcome"],
      registers,
    });
    this.#chunks = new Histogram({
      name: "consumer_chunk_records",
      help: "Records written in one transaction",
      buckets: [1, 5, 20, 100, 500, 1000, 2000, 5000],
      registers,
    });
    this.#writing = new Histogram({
      name: "consumer_write_seconds",
      help: "Time of one transaction in MongoDB, decoding included",
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    });
    this.#reasons = new Counter({
      name: "consumer_dead_letters_total",
      help: "Dead letters by their reason",
      labelNames: ["reason"],
      registers,
    });
    for (const reason of Object.keys(REASONS)) this.#reasons.inc({ reason }, 0);
    this.#phases = new Counter({
      name: "consumer_phase_seconds_total",
      help: "Time by what it was spent on: decode (ours), write (encoding, and MongoDB before the commit), commit (MongoDB's journal)",
      labelNames: ["phase"],
      registers,
    });
    this.#waiting = new Counter({
      name: "consumer_kafka_seconds_total",
      help: "Time spent in fetches from Kafka",
      registers,
    });
    this.#fetches = new Counter({ name: "consumer_fetches_total", help: "Fetches that Kafka has answered", registers });
    this.#retries = new Counter({
      name: "consumer_retries_total",
      help: "Writes and connections tried again",
      labelNames: ["cause"],
      registers,
    });
    this.#rebalances = new Counter({
      name: "consumer_rebalances_total",
      help: "Times the group was joined",
      registers,
    });
    this.#lag = new Gauge({
      name: "consumer_lag_records",
      help: "Records in Kafka behind the last one accounted for, asked every 3 s",
      labelNames: ["topic", "partition"],
      registers,
    });
  }

  wrote(topic: string, records: number, absent: number, written: Written & { kind: "written" }, ms: number): void {
    this.#records.inc({ topic }, records);
    this.#outcomes.inc({ outcome: "stored" }, written.stored);
    this.#outcomes.inc({ outcome: "duplicate" }, written.duplicates);
    this.#outcomes.inc({ outcome: "dead_letter" }, written.deadLettered);
    this.#outcomes.inc({ outcome: "absent" }, absent);
    this.#chunks.observe(records);
    this.#writing.observe(ms / 1000);
    for (const [reason, count] of Object.entries(written.reasons)) this.#reasons.inc({ reason }, count);
    const { decodeMs = 0, commitMs = 0 } = written;
    this.#phases.inc({ phase: "decode" }, decodeMs / 1000);
    this.#phases.inc({ phase: "write" }, Math.max(0, ms - decodeMs - commitMs) / 1000);
    this.#phases.inc({ phase: "commit" }, commitMs / 1000);
  }

  fetched(ms: number): void {
    this.#waiting.inc(ms / 1000);
    this.#fetches.inc();
  }

  retried(cause: "mongo" | "kafka" | "fenced"): void {
    this.#retries.inc({ cause });
  }

  joined(): void {
    this.#rebalances.inc();
    this.#lag.reset();
  }

  /** @param records - less than 0 when the end in Kafka was asked before the last write */
  lag(topic: string, partition: number, records: number): void {
    this.#lag.set({ topic, partition: String(partition) }, Math.max(0, records));
  }
}
