/** Snappy's raw format; pure JavaScript, so that it is in the single executables, too. */
declare module "snappyjs" {
  /** @throws when the bytes are not Snappy's */
  export function uncompress(bytes: Uint8Array): Uint8Array;
}

/** LZ4's frame format; pure JavaScript. */
declare module "lz4js" {
  /** @throws when the bytes are not LZ4's */
  export function decompress(bytes: Uint8Array): Uint8Array;
}
