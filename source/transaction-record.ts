import type { FaultKind } from "#contract/reasons.ts";
import type { OutgoingRecord } from "#runtime/publisher.ts";
import { toBytes } from "./text-slab.ts";

/** A transaction that a source made, as the text that will be sent. */
export interface MadeTransaction {
  /** The `transaction_id`. */
  readonly id: string;
  /** JSON on one line. */
  readonly json: string;
  /** Its place in the source's order, from 0; the faults are drawn by it. */
  readonly index: number;
}

/** A record on its way to Kafka. */
export interface TransactionRecord extends OutgoingRecord {
  /** The fault on purpose that this record is, if it is one. */
  readonly fault: FaultKind | undefined;
  /** Whether the live stream shows it: every transaction once, nothing that is wrong on purpose. */
  readonly shown: boolean;
}

/** The record of a transaction without fault, in the trace of whoever asked for it. */
export function recordOf({ id, json }: Omit<MadeTransaction, "index">, traceparent?: string): TransactionRecord {
  return { key: id, value: toBytes(json), fault: undefined, shown: true, traceparent };
}
