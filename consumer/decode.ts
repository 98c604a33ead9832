import type { Fault } from "#contract/reasons.ts";
import type { IncomingTransaction } from "#contract/transaction.ts";
import { parseTransaction } from "#contract/transaction-schema.ts";
import type { Chunk, ConsumedRecord } from "./record.ts";

/** A record that is a transaction. */
export interface DecodedTransaction {
  readonly record: ConsumedRecord;
  readonly id: string;
  readonly transaction: IncomingTransaction;
}

/** A record that becomes a dead letter. */
export interface FaultyRecord {
  readonly record: ConsumedRecord;
  readonly fault: Fault;
}

/** What a chunk holds. */
export interface DecodedChunk extends Omit<Chunk, "records"> {
  readonly recordCount: number;
  readonly transactions: readonly DecodedTransaction[];
  readonly faulty: readonly FaultyRecord[];
}

/** Every record of a chunk becomes a transaction or a fault; pure, and total as the parser is. */
export function decodeChunk({ records, ...place }: Chunk): DecodedChunk {
  const transactions: DecodedTransaction[] = [];
  const faulty: FaultyRecord[] = [];
  for (const record of records) {
    const parsed = parseTransaction(record.value);
    if (parsed.ok) {
      const { transaction } = parsed;
      transactions.push({ record, id: transaction.transaction_id, transaction });
    } else {
      faulty.push({ record, fault: parsed.fault });
    }
  }
  return { ...place, recordCount: records.length, transactions, faulty };
}
