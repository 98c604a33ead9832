import type { Outcome } from "#runtime/publisher.ts";
import type { TransactionRecord } from "./transaction-record.ts";

/** Server-sent events of records that have arrived, as one frame for all clients. */
export interface EventFrame {
  readonly bytes: Uint8Array;
  readonly events: number;
}

const DATA = Buffer.from("\ndata: ");
const END = Buffer.from("\n\n");

/**
 * One event per transaction that is shown: `id: partition:offset` and `data:` with the very bytes that went to Kafka.
 *
 * @returns `undefined` when none of the records is shown
 */
export function eventFrame(
  records: readonly TransactionRecord[],
  outcomes: readonly Outcome[],
): EventFrame | undefined {
  const parts: Buffer[] = [];
  let events = 0;
  for (const [index, { shown, value }] of records.entries()) {
    const outcome = outcomes[index];
    if (!shown || value === null || outcome === undefined || outcome === "too-large") continue;
    parts.push(Buffer.from(`id: ${outcome.partition}:${outcome.offset}`), DATA, value, END);
    events++;
  }
  return events === 0 ? undefined : { bytes: Buffer.concat(parts), events };
}
