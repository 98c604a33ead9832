import type { LedgerLine } from "./feed-format.ts";

/** The ledger held against Kafka. */
export interface Account {
  /** `unknown`: Kafka or the ledger could not be asked, or there is nothing yet. */
  readonly verdict: "unknown" | "balanced" | "wrong";
  /** Records in Kafka. */
  readonly records: number;
  /** Of them, those that the consumer has not read yet. */
  readonly onTheirWay: number;
  /** What is wrong, a sentence each. */
  readonly complaints: readonly string[];
}

/** The complaint about one line of the ledger, or nothing. */
export function complaintOf(line: LedgerLine): string | undefined {
  const moved = line.nextOffset - line.firstOffset;
  const sum = line.stored + line.duplicates + line.deadLettered + line.absent;
  const place = `${line.topic}/${line.partition}`;
  if (sum < moved) return `${place}: ${moved - sum} records are missing`;
  if (sum > moved) return `${place}: ${sum - moved} records are counted twice`;
  if (line.isAhead) return `${place}: the ledger is ahead of Kafka, as if the topic had been made anew`;
  return undefined;
}

/** Whether everything that is in Kafka is accounted for. */
export function accountOf(lines: readonly LedgerLine[]): Account {
  let [records, onTheirWay] = [0, 0];
  for (const { firstOffset, nextOffset, endOffset } of lines) {
    records += (endOffset ?? nextOffset) - firstOffset;
    onTheirWay += (endOffset ?? nextOffset) - nextOffset;
  }
  const complaints = lines.map(complaintOf).filter((complaint) => complaint !== undefined);
  const isUnknown = lines.length === 0 || lines.some(({ endOffset }) => endOffset === null);
  const verdict = complaints.length > 0 ? "wrong" : isUnknown ? "unknown" : "balanced";
  return { verdict, records, onTheirWay, complaints };
}
