import type { PartitionWriter } from "./partition-writer.ts";

/** What it means that a fetch began elsewhere than where the ledger stands. */
export type Elsewhere =
  /** There is nothing between: those offsets are absent, and we read on behind them. */
  | "gap"
  /** The same, because it expired before we read it. */
  | "expired"
  /** The fetch began in the wrong place and must be made again. */
  | "wrong-place"
  /** The log ends before the ledger: it is not the one that the ledger speaks of. */
  | "other-log";

/**
 * @param fetched - where the fetch began
 * @param logOf - asks Kafka for the log's first offset and its end
 */
export async function elsewhere(
  { claim: { nextOffset }, soughtTo }: Pick<PartitionWriter, "claim" | "soughtTo">,
  fetched: number,
  logOf: () => Promise<{ low: number; high: number }>,
): Promise<Elsewhere> {
  // We asked for the right place already, and kafkajs went on by itself over batches that hold nothing for a reader.
  if (soughtTo === nextOffset && fetched > nextOffset) return "gap";
  const { low, high } = await logOf();
  if (high < nextOffset) return "other-log";
  // Behind what has expired Kafka starts at its first offset; any other place was not ours to read from.
  return low > nextOffset && fetched === low ? "expired" : "wrong-place";
}
