import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What became of the records of a service, in numbers; the same ones are in `/metrics`. */
export class PublisherCounts {
  #acknowledged = 0;
  #failed = 0;
  #pending = 0;
  #resent = 0;
  readonly #bytes: Counter;
  readonly #times: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const total = (name: string, help: string, value: () => number): void => {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(value());
        },
      });
    };
    total("records_acknowledged_total", "Records that all in-sync replicas have", () => this.#acknowledged);
    total("records_failed_total", "Records given up; whoever asked for them was told", () => this.#failed);
    total("records_resent_total", "Records sent again as no answer came; they may be there twice", () => this.#resent);
    const pending: Gauge = new Gauge({
      name: "records_pending",
      help: "Records waiting for their acknowledgement",
      registers,
      collect: () => pending.set(this.#pending),
    });
    this.#bytes = new Counter({ name: "record_bytes_total", help: "Bytes of acknowledged values", registers });
    this.#times = new Histogram({
      name: "acknowledgement_seconds",
      help: "Send to acknowledgement, per send",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    });
  }

  /** Records that all in-sync replicas have; each counted once. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Records given up. */
  get failed(): number {
    return this.#failed;
  }

  /** Records accepted and neither acknowledged nor given up yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Records sent again because it was not known whether they had arrived. */
  get resent(): number {
    return this.#resent;
  }

  /** Records were taken on. */
  accepted(count: number): void {
    this.#pending += count;
  }

  /** Records that were pending are in Kafka. */
  arrived(count: number, bytes: number): void {
    this.#pending -= count;
    this.#acknowledged += count;
    this.#bytes.inc(bytes);
  }

  /** Records that were pending are given up. */
  gaveUp(count: number): void {
    this.#pending -= count;
    this.#failed += count;
  }

  /** Records go out once more. */
  again(count: number): void {
    this.#resent += count;
  }

  /** One send was acknowledged. */
  took(ms: number): void {
    this.#times.observe(ms / 1000);
  }
}
