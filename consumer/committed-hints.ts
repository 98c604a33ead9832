import type { Consumer } from "kafkajs";
import { ledgerId } from "#contract/storage.ts";
import type { Log } from "#runtime/log.ts";

const LONGEST_LAST_COMMIT_MS = 1_000;

/** Kafka's committed offsets: a hint for people and tools; what counts is the ledger, so a lost one is no loss. */
export class CommittedHints {
  readonly #log: Log;
  readonly #offsets = new Map<string, { topic: string; partition: number; offset: string }>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Notes where a partition stands, to be committed with the others. */
  note(topic: string, partition: number, nextOffset: number): void {
    this.#offsets.set(ledgerId(topic, partition), { topic, partition, offset: String(nextOffset) });
  }

  /** Forgets what was noted: the partitions may be another's now. */
  forget(): void {
    this.#offsets.clear();
  }

  /** Tells Kafka; never fails. */
  async commit(consumer: Consumer): Promise<void> {
    const offsets = [...this.#offsets.values()];
    if (offsets.length === 0) return;
    this.#offsets.clear();
    await consumer.commitOffsets(offsets).catch((error: Error) => {
      this.#log.debug({ reason: error.message }, "Kafka did not take the committed offsets");
    });
  }

  /** The same at the end, when there is little time. */
  async commitLast(consumer: Consumer): Promise<void> {
    await Promise.race([this.commit(consumer), Bun.sleep(LONGEST_LAST_COMMIT_MS)]);
  }
}
