import type { LedgerLine } from "./feed-format.ts";
import type { Frame } from "./frame.ts";
import { SOURCES } from "./sources.ts";

/** Adds something up over all sources; `null` when it is not known of all: a part is no sum. */
export function sumOverSources(read: (source: (typeof SOURCES)[number]["id"]) => number | null): number | null {
  return SOURCES.reduce<number | null>((sum, { id }) => {
    const value = read(id);
    return sum === null || value === null ? null : sum + value;
  }, 0);
}

/** Stored within the last complete second. */
export function storedPerSecond({ ring, newest }: Frame): number | null {
  return sumOverSources((source) => ring.stored(source, newest));
}

/** Produced within the last complete second. */
export function producedPerSecond({ ring, newest }: Frame): number | null {
  return sumOverSources((source) => ring.produced(source, newest));
}

/** Records that wait in all partitions; `null` while Kafka does not answer. */
export function lagOf(lines: readonly LedgerLine[]): number | null {
  if (lines.length === 0 || lines.some(({ lag }) => lag === null)) return null;
  return lines.reduce((sum, { lag }) => sum + (lag ?? 0), 0);
}
