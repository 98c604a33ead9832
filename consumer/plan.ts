import type { Fault, Reason } from "#contract/reasons.ts";
import type { StoredTransaction } from "#contract/storage.ts";
import { contentOf, contentOfStored } from "./canonical-content.ts";
import type { DecodedChunk, DecodedTransaction, FaultyRecord } from "./decode.ts";
import type { LedgerMove } from "./ledger.ts";
import type { ConsumedRecord } from "./record.ts";
import type { Written } from "./sink.ts";

/** What becomes of the records of a chunk. */
export interface Plan {
  /** To be inserted; no two have the same id. */
  readonly fresh: readonly DecodedTransaction[];
  /** Records that this very offset has put there already, before the ledger was lost: they count, and that is all. */
  readonly kept: number;
  readonly duplicates: number;
  readonly faulty: readonly FaultyRecord[];
}

/** What is known of the store; grows from try to try. */
export interface Knowledge {
  /** Documents that are there, by id. */
  readonly stored: Map<string, StoredTransaction>;
  /** Records that the store does not take. */
  readonly refused: Map<ConsumedRecord, Fault>;
}

/**
 * Decides record by record, in their order, as if each had been stored alone: the first of an id that the store takes
 * is the one that counts, the later ones are duplicates of it or in conflict with it. Pure.
 */
export function planOf(chunk: DecodedChunk, { stored, refused }: Knowledge): Plan {
  const first = new Map<string, DecodedTransaction>();
  const faulty = [...chunk.faulty];
  let kept = 0;
  let duplicates = 0;
  for (const decoded of chunk.transactions) {
    const { id, record, transaction } = decoded;
    const refusal = refused.get(record);
    const document = stored.get(id);
    const earlier = first.get(id);
    if (refusal !== undefined) faulty.push({ record, fault: refusal });
    else if (document === undefined && earlier === undefined) first.set(id, decoded);
    else if (document !== undefined && isFrom(document, record)) kept++;
    else {
      const known =
        document === undefined ? earlier && contentOf(earlier.transaction) : contentOfStored({ ...document });
      if (known === contentOf(transaction)) duplicates++;
      else faulty.push({ record, fault: conflict(id) });
    }
  }
  return { fresh: [...first.values()], kept, duplicates, faulty };
}

function isFrom({ ingest }: StoredTransaction, { topic, partition, offset }: ConsumedRecord): boolean {
  return ingest?.topic === topic && ingest.partition === partition && Number(ingest.offset) === offset;
}

function conflict(id: string): Fault {
  return { reason: "conflict", detail: `transaction_id: ${id} is stored already with other content` };
}

/** By how much a chunk moves the ledger, if it becomes what is planned. */
export function moveOf({ fromOffset, nextOffset, recordCount }: DecodedChunk, plan: Plan): LedgerMove {
  return {
    nextOffset,
    stored: plan.fresh.length + plan.kept,
    duplicates: plan.duplicates,
    deadLettered: plan.faulty.length,
    absent: nextOffset - fromOffset - recordCount,
  };
}

/** What writing a chunk as planned has done. */
export function writtenOf({ stored, duplicates, deadLettered }: LedgerMove, plan: Plan): Written & { kind: "written" } {
  return { kind: "written", stored, duplicates, deadLettered, reasons: reasonsOf(plan) };
}

function reasonsOf({ faulty }: Plan): Partial<Record<Reason, number>> {
  const reasons: Partial<Record<Reason, number>> = {};
  for (const { fault } of faulty) reasons[fault.reason] = (reasons[fault.reason] ?? 0) + 1;
  return reasons;
}
