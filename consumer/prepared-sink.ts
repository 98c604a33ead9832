import type { Db } from "mongodb";
import { prepareStore, type Retention } from "./prepare-store.ts";
import type { Chunk } from "./record.ts";
import { type Claim, type Sink, SinkUnavailable, type Written } from "./sink.ts";
import { reasonOf } from "./unavailable.ts";

/** A sink whose collections and indexes are made before the first claim, as soon as MongoDB answers. */
export class PreparedSink implements Sink {
  readonly #db: Db;
  readonly #retention: Retention;
  readonly #sink: Sink;
  #prepared: Promise<void> | undefined;

  constructor(db: Db, retention: Retention, sink: Sink) {
    this.#db = db;
    this.#retention = retention;
    this.#sink = sink;
  }

  async claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    this.#prepared ??= this.#prepare();
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw new SinkUnavailable(reasonOf(error, this.#db.client), { cause: error });
    }
    return this.#sink.claim(topic, partition, firstOffset);
  }

  async #prepare(): Promise<void> {
    // A driver whose first connection failed is connected anew only when it is told to.
    await this.#db.client.connect();
    await prepareStore(this.#db, this.#retention);
  }

  write(claim: Claim, chunk: Chunk): Promise<Written> {
    return this.#sink.write(claim, chunk);
  }
}
