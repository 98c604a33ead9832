import { SOURCES } from "#contract/sources.ts";
import type { LedgerLine } from "./feed-format.ts";
import type { Frame } from "./frame.ts";

/** Adds something up over all sources; `null` when it is known of none. */
export function sumOverSources(read: (source: (typeof SOURCES)[number]["id"]) => number | null): number | null {
  const known = SOURCES.map(({ id }) => read(id)).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
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
