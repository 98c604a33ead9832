import type { SourceId } from "#contract/sources.ts";

/** A Kafka record as the reader hands it on. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, Uint8Array | readonly Uint8Array[] | null>>;
  /** The record's timestamp in ms since 1970. */
  readonly producedAtMs: number;
}

/** Which source a topic belongs to. */
export type SourceOfTopic = Readonly<Record<string, SourceId>>;

/** A stretch of one partition that is written as a whole. */
export interface Chunk {
  readonly topic: string;
  readonly partition: number;
  readonly source: SourceId;
  /** Where the ledger must stand before. */
  readonly fromOffset: number;
  /** Where it stands after; larger than the records need when offsets hold none. */
  readonly nextOffset: number;
  readonly records: readonly ConsumedRecord[];
}
