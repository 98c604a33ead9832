import type { Reason } from "#contract/reasons.ts";
import type { Chunk } from "./record.ts";

/** The right to write one partition, and where it stands. */
export interface Claim {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: number;
  /** The next offset to write; the sink moves it. */
  nextOffset: number;
}

/** What writing a chunk did. */
export type Written =
  | {
      readonly kind: "written";
      readonly stored: number;
      readonly duplicates: number;
      readonly deadLettered: number;
      /** The dead letters by reason. */
      readonly reasons: Partial<Record<Reason, number>>;
      /** Parts of the time that it took, where the sink knows them. */
      readonly decodeMs?: number;
      readonly commitMs?: number;
    }
  /** Another consumer has the partition now: nothing was written, stop. */
  | { readonly kind: "fenced" };

/** The store can't be reached or asks to try again: nothing was written, or it is not known; write the same again. */
export class SinkUnavailable extends Error {
  override readonly name = "SinkUnavailable";
}

/**
 * Where transactions end up. An implementation keeps a ledger: it moves documents, dead letters, totals and the next
 * offset together or not at all. It must pass `test/conformance/sink.ts`.
 */
export interface Sink {
  /**
   * Takes a partition over from whoever had it.
   *
   * @param firstOffset - the first offset that is there, for a partition that nobody has read yet
   * @throws SinkUnavailable
   */
  claim(topic: string, partition: number, firstOffset: number): Promise<Claim>;

  /**
   * Writes a chunk as a whole. Writing one again that is written already changes nothing.
   *
   * @throws SinkUnavailable
   */
  write(claim: Claim, chunk: Chunk): Promise<Written>;
}
