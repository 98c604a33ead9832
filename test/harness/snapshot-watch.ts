import type { Db } from "mongodb";
import { countMongo } from "../../verify/count-mongo.ts";

/**
 * Looks at MongoDB from outside, again and again, each time in one snapshot of what the majority has: whether each
 * partition's ledger adds up, and whether it says as many documents and dead letters as there are.
 */
export class SnapshotWatch implements AsyncDisposable {
  /** What did not hold, in words. */
  readonly wrong: string[] = [];
  readonly #db: Db;
  readonly #seen = new Set<number>();
  #stopped = false;
  readonly #done: Promise<void>;

  /** Looks at once and again and again until it is disposed of; the collections must be there. */
  constructor(db: Db) {
    this.#db = db;
    this.#done = this.#run();
  }

  /** How many different ledgers were seen. */
  get states(): number {
    return this.#seen.size;
  }

  /** One look. */
  async look(): Promise<void> {
    const { partitions, strangers } = await countMongo(this.#db.client, this.#db);
    if (strangers > 0) this.wrong.push(`${strangers} documents are from nowhere`);
    let sum = 0;
    for (const [id, { ledger, documents, deadLetters }] of partitions) {
      if (ledger === undefined) {
        this.wrong.push(`${id}: ${documents} documents and ${deadLetters} dead letters without a ledger`);
        continue;
      }
      const { stored, duplicates, deadLettered, absent, nextOffset, firstOffset } = ledger;
      sum += nextOffset;
      const accounted = stored + duplicates + deadLettered + absent;
      if (accounted !== nextOffset - firstOffset)
        this.wrong.push(`${id}: ${accounted} accounted for of ${nextOffset - firstOffset}`);
      if (stored !== documents) this.wrong.push(`${id}: ${stored} stored, but ${documents} documents`);
      if (deadLettered !== deadLetters)
        this.wrong.push(`${id}: ${deadLettered} dead-lettered, but ${deadLetters} dead letters`);
    }
    this.#seen.add(sum);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const startedAt = performance.now();
      await this.look().catch((error: unknown) => this.wrong.push(String(error)));
      // As long as it took: what is looked at needs the machine, too.
      await Bun.sleep(performance.now() - startedAt);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }
}
