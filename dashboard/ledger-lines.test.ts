import { expect, test } from "bun:test";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { LedgerEntry } from "#contract/storage.ts";
import { LedgerLines } from "./ledger-lines.ts";
import type { PartitionOffsets } from "./offsets-watch.ts";

function entry(nextOffset: number): LedgerEntry {
  return {
    ...{ _id: "t/0", topic: "t", partition: 0, firstOffset: 0, nextOffset, stored: nextOffset, duplicates: 0 },
    ...{ deadLettered: 0, absent: 0, epoch: 1, owner: "", updated_at: new Date(0) },
  };
}

/** Lines of one partition whose two sides a test sets. */
function createLines(): {
  ledger: { entries: LedgerEntry[]; askedAtMs: number };
  kafka: { offsets: PartitionOffsets | undefined };
  lines: LedgerLines;
} {
  const ledger: { entries: LedgerEntry[]; askedAtMs: number } = { entries: [], askedAtMs: 0 };
  const kafka: { offsets: PartitionOffsets | undefined } = { offsets: undefined };
  const lines = new LedgerLines({
    topics: Object.fromEntries(SOURCES.map(({ id }) => [id, id === "faker" ? "t" : id])) as Record<SourceId, string>,
    ledger,
    offsets: { of: (topic) => (topic === "t" ? kafka.offsets : undefined), partitions: () => [0] },
  });
  return { ledger, kafka, lines };
}

test("the lag is that of the moment at which Kafka was asked, though the ledger was asked before and after it", () => {
  const { ledger, kafka, lines } = createLines();
  for (const [askedAtMs, next] of [
    [1_000, 1_000],
    [1_100, 2_000],
  ] as const) {
    Object.assign(ledger, { askedAtMs, entries: [entry(next)] });
    lines.note();
  }
  kafka.offsets = { low: 0, end: 1_800, atMs: 1_050 };
  expect(lines.of("faker")[0]).toMatchObject({ lag: 300, endOffset: 2_000, isAhead: false });
});

test("a ledger that was ahead of Kafka before Kafka was asked is told", () => {
  const { ledger, kafka, lines } = createLines();
  Object.assign(ledger, { askedAtMs: 1_000, entries: [entry(500)] });
  lines.note();
  kafka.offsets = { low: 0, end: 3, atMs: 1_050 };
  expect(lines.of("faker")[0]).toMatchObject({ isAhead: true, lag: 0 });
});

test("without Kafka's answer the end and the lag are not known", () => {
  const { ledger, lines } = createLines();
  Object.assign(ledger, { askedAtMs: 1_000, entries: [entry(500)] });
  lines.note();
  expect(lines.of("faker")[0]).toMatchObject({ endOffset: null, lag: null, stored: 500 });
});
