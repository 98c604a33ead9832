import { closeSync, openSync, readFileSync, writeSync } from "node:fs";

/** A record batch in a log file of Kafka. Form: https://kafka.apache.org/documentation/#recordbatch */
export interface LogBatch {
  /** Where it begins in the file. */
  readonly at: number;
  /** In bytes, with its head. */
  readonly size: number;
  readonly firstOffset: number;
}

/** What can be wrong with a batch; all but `byte` and `length` have a right checksum. */
export type Damage = "byte" | "codec" | "zstd" | "length";

/** Behind the first offset and the length, which are not counted in the length. */
const LENGTH_FROM = 12;
const LENGTH_AT = 8;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const CODECS = { codec: 7, zstd: 4 } as const;

/** The batches of a log file in their order. */
export function batchesIn(file: string): LogBatch[] {
  const bytes = readFileSync(file);
  const batches: LogBatch[] = [];
  for (let at = 0; at + LENGTH_FROM < bytes.length; ) {
    const size = bytes.readInt32BE(at + LENGTH_AT) + LENGTH_FROM;
    if (size <= LENGTH_FROM) break;
    batches.push({ at, size, firstOffset: Number(bytes.readBigInt64BE(at)) });
    at += size;
  }
  return batches;
}

/** Damages a batch where it lies, as a failing disk might. */
export function damage(file: string, { at, size }: LogBatch, how: Damage): void {
  const batch = readFileSync(file).subarray(at, at + size);
  if (how === "byte") {
    // 1000 becomes 9000: still a transaction.
    const found = batch.indexOf('"customer_id":1000');
    if (found === -1) throw new Error("there is no customer in the batch");
    batch.write("9", found + '"customer_id":'.length);
  } else if (how === "length") {
    batch.writeInt32BE(3, LENGTH_AT);
  } else {
    batch.writeInt16BE(CODECS[how], ATTRIBUTES_AT);
    batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)), CRC_AT);
  }
  const opened = openSync(file, "r+");
  writeSync(opened, batch, 0, size, at);
  closeSync(opened);
}

/** Castagnoli's, bit by bit. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
