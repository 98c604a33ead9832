import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE_BYTES = 8;

/** The same picture in fewer bytes: a browser packs its screenshots in a hurry. Format: W3C PNG, chunks. */
export function shrinkPng(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const kept: Uint8Array[] = [png.subarray(0, SIGNATURE_BYTES)];
  const data: Uint8Array[] = [];
  for (let at = SIGNATURE_BYTES; at < png.byteLength; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === "IDAT") data.push(body);
    else if (type === "IEND") kept.push(chunk("IDAT", deflateSync(inflateSync(Buffer.concat(data)), { level: 9 })));
    if (type !== "IDAT") kept.push(chunk(type, body));
    at += 12 + length;
  }
  return Buffer.concat(kept);
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const made = Buffer.alloc(12 + body.byteLength);
  made.writeUInt32BE(body.byteLength, 0);
  made.write(type, 4, "latin1");
  made.set(body, 8);
  made.writeUInt32BE(Bun.hash.crc32(made.subarray(4, 8 + body.byteLength)), 8 + body.byteLength);
  return made;
}
