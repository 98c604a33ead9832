import type { SourceId } from "#contract/sources.ts";
import type { LedgerLine } from "./feed-format.ts";
import { SOURCES } from "./sources.ts";

/** What became of the records of one source, over all its partitions. */
export interface Totals {
  /** Records in Kafka since the consumer first saw the partitions. */
  produced: number;
  stored: number;
  duplicates: number;
  deadLettered: number;
  absent: number;
}

/** Adds the ledger up by source. */
export function totalsOf(lines: readonly LedgerLine[]): Record<SourceId, Totals> {
  const sums = SOURCES.map(({ id }): [SourceId, Totals] => {
    const totals = { produced: 0, stored: 0, duplicates: 0, deadLettered: 0, absent: 0 };
    for (const line of lines) {
      if (line.source !== id) continue;
      totals.produced += (line.endOffset ?? line.nextOffset) - line.firstOffset;
      totals.stored += line.stored;
      totals.duplicates += line.duplicates;
      totals.deadLettered += line.deadLettered;
      totals.absent += line.absent;
    }
    return [id, totals];
  });
  return Object.fromEntries(sums) as Record<SourceId, Totals>;
}

/** Adds something up over all sources. */
export function overSources(totals: Readonly<Record<SourceId, Totals>>, value: (totals: Totals) => number): number {
  return SOURCES.reduce((sum, { id }) => sum + value(totals[id]), 0);
}
