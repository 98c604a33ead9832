import type { BsonWriter } from "./bson-writer.ts";
import type { DecodedChunk, DecodedTransaction, FaultyRecord } from "./decode.ts";
import { writeStoredDocument } from "./stored-document.ts";

/** MongoDB takes no document larger than this, 16 MiB. */
const LARGEST_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** The stored documents of new transactions as BSON, valid until the writer is used again; those that are too large apart. */
export function encodeDocuments(
  writer: BsonWriter,
  fresh: readonly DecodedTransaction[],
  source: DecodedChunk["source"],
  storedAtMs: number,
): { documents: Uint8Array[]; tooLarge: FaultyRecord[] } {
  writer.rewind();
  const ends: number[] = [];
  const tooLarge: FaultyRecord[] = [];
  for (const { transaction, record } of fresh) {
    const start = writer.length;
    writeStoredDocument(writer, transaction, record, source, storedAtMs);
    const bytes = writer.length - start;
    if (bytes > LARGEST_DOCUMENT_BYTES) {
      const detail = `the document would have ${bytes} bytes, MongoDB takes ${LARGEST_DOCUMENT_BYTES} at most`;
      tooLarge.push({ record, fault: { reason: "too-large", detail } });
      writer.rewind(start);
    } else ends.push(writer.length);
  }
  const all = writer.bytesFrom(0);
  return { documents: ends.map((end, index) => all.subarray(ends[index - 1] ?? 0, end)), tooLarge };
}
