import { CompressionCodecs, CompressionTypes } from "kafkajs";
import { decompress as decompressLz4 } from "lz4js";
import { uncompress as uncompressSnappy } from "snappyjs";

/** A compressed batch that its codec can't read. */
export class UnreadableBatch extends Error {
  override readonly name = "UnreadableBatch";
}

/** Java and librdkafka put Snappy's blocks behind this head, each behind its length; form: xerial/snappy-java. */
const XERIAL_MAGIC = Buffer.from("\x82SNAPPY\0", "latin1");
const XERIAL_HEAD_BYTES = 16;

/**
 * Teaches kafkajs, which knows gzip alone, to read what other programs compress with Snappy, LZ4 and zstd. For the
 * whole process; fine to call again.
 */
export function readAllCompressions(): void {
  CompressionCodecs[CompressionTypes.Snappy] = reading("Snappy", snappy);
  CompressionCodecs[CompressionTypes.LZ4] = reading("LZ4", (bytes) => Buffer.from(decompressLz4(bytes)));
  CompressionCodecs[CompressionTypes.ZSTD] = reading("zstd", (bytes) => Bun.zstdDecompressSync(bytes));
}

function reading(name: string, decompress: (bytes: Buffer) => Buffer): () => object {
  const codec = {
    compress: () => Promise.reject(new Error(`nothing here writes ${name}; use gzip`)),
    decompress: async (bytes: Buffer): Promise<Buffer> => {
      try {
        return decompress(bytes);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new UnreadableBatch(`it can't be decompressed with ${name}: ${reason}`, { cause: error });
      }
    },
  };
  return () => codec;
}

function snappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return Buffer.from(uncompressSnappy(bytes));
  const blocks: Uint8Array[] = [];
  for (let at = XERIAL_HEAD_BYTES; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    blocks.push(uncompressSnappy(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}
