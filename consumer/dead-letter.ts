import { Binary } from "mongodb";
import type { Fault } from "#contract/reasons.ts";
import { type DeadLetter, deadLetterId, KEPT_HEAD_BYTES, LARGEST_KEPT_VALUE_BYTES } from "#contract/storage.ts";
import type { ConsumedRecord } from "./record.ts";

/** Details longer than this say no more to a person. */
const LONGEST_DETAIL = 1_000;
/** Keys and headers beyond this are cut, so that a dead letter always fits into a document. */
const LARGEST_REST_BYTES = 2 * 1024 * 1024;

/** The dead letter of a record that is no transaction, with its bytes. */
export function deadLetterOf(record: ConsumedRecord, fault: Fault, now: Date): DeadLetter<Binary> {
  const { topic, partition, offset, key, value } = record;
  const size = value?.length ?? 0;
  const kept = value !== null && size > LARGEST_KEPT_VALUE_BYTES ? value.subarray(0, KEPT_HEAD_BYTES) : value;
  return {
    _id: deadLetterId(topic, partition, offset),
    topic,
    partition,
    offset,
    key: binary(key === null ? null : key.subarray(0, LARGEST_REST_BYTES)),
    value: binary(kept),
    value_size: size,
    headers: headersOf(record),
    produced_at: new Date(record.producedAtMs),
    reason: fault.reason,
    detail: fault.detail.slice(0, LONGEST_DETAIL),
    dead_lettered_at: now,
    replayed_at: null,
  };
}

function headersOf({ headers }: ConsumedRecord): Record<string, Binary | Binary[] | null> {
  const kept: [string, Binary | Binary[] | null][] = [];
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    const values = Array.isArray(value) ? (value as Uint8Array[]) : [value as Uint8Array | null];
    for (const one of values) bytes += one?.length ?? 0;
    if (bytes > LARGEST_REST_BYTES) break;
    const binaries = values.map(binary);
    kept.push([name.replaceAll("\0", "␀"), Array.isArray(value) ? (binaries as Binary[]) : (binaries[0] ?? null)]);
  }
  return Object.fromEntries(kept);
}

function binary(bytes: Uint8Array | null): Binary | null {
  return bytes === null ? null : new Binary(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
