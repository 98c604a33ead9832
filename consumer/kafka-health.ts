import { ledgerId } from "#contract/storage.ts";
import type { PartReadiness } from "#runtime/readiness.ts";
import type { Unreadable } from "./kafka-session.ts";

/** Kafka is called away when it has been silent for so long; an idle fetch answers within a second. */
const SILENCE_MS = 4_000;

/** What `/readyz` says of Kafka: whether it answers, and what is wrong although it does. */
export class KafkaHealth {
  readonly #part: PartReadiness;
  /** By ledger id. */
  readonly #wrong = new Map<string, string>();
  /** Partitions with a batch that nobody here can read, by ledger id; until the process is started again. */
  readonly #unreadable = new Map<string, string>();
  #heardAt: number | undefined;

  constructor(part: PartReadiness) {
    this.#part = part;
  }

  /** It has answered. */
  heard(): void {
    const isFirst = this.#heardAt === undefined;
    this.#heardAt = performance.now();
    if (isFirst) this.tell();
  }

  /** It does not work, for this moment. */
  fail(reason: string): void {
    this.#part.fail(reason);
  }

  /**
   * A batch is there that nobody here can read: its partition is set aside, so that the others go on.
   *
   * @param standsAt - the partition's next offset, for a batch that does not say its own offsets
   */
  unreadable(
    { topic, partition, firstOffset, lastOffset }: Unreadable,
    standsAt: number | undefined,
    why: string,
  ): void {
    const id = ledgerId(topic, partition);
    const isKnown = firstOffset !== undefined && lastOffset !== undefined;
    const batch = isKnown ? `the batch of offsets ${firstOffset} to ${lastOffset}` : `the batch at offset ${standsAt}`;
    const behind = isKnown ? `offset ${BigInt(lastOffset) + 1n}` : "behind it";
    this.#unreadable.set(
      id,
      `${id}: ${batch} can't be read: ${why}. Nothing more is read of this partition until the consumer is started again; delete its records up to ${behind} (kafka-delete-records), and they are counted as absent`,
    );
  }

  isUnreadable(id: string): boolean {
    return this.#unreadable.has(id);
  }

  /** One partition can't be read, until {@link works}. @returns whether that is news */
  partitionWrong(id: string, reason: string): boolean {
    const isNew = !this.#wrong.has(id);
    this.#wrong.set(id, reason);
    this.#part.fail(reason);
    return isNew;
  }

  isWrong(id: string): boolean {
    return this.#wrong.has(id) || this.#unreadable.has(id);
  }

  /** A partition was claimed or written. */
  works(id: string): void {
    this.#wrong.delete(id);
  }

  /** The partitions are given out anew: what was wrong of them may be another's now. */
  forget(): void {
    this.#wrong.clear();
  }

  /** Says what is so now; called every second while there is a session. */
  tell(): void {
    if (this.#heardAt === undefined) return;
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs > SILENCE_MS) this.#part.fail(`no answer from Kafka for ${Math.round(silentMs / 1000)} s`);
    else {
      const wrong = [...this.#wrong.values(), ...this.#unreadable.values()];
      if (wrong.length === 0) this.#part.ok();
      else this.#part.fail(wrong.join("; "));
    }
  }
}
