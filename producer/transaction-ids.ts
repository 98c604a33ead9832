import { SeededRandom, STREAMS } from "#source/seeded-random.ts";

const HEX = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, "0"));

/**
 * Ids of a seed, in the order of their index: MongoDB then appends to its index, where random ids would touch another
 * page for each (measured: `docs/scale.md`).
 *
 * `TXN-` and a UUID, of whose 128 bits 16 tell the seed, 48 the index, 58 are drawn, and 6 say that its form is that of
 * version 4 (RFC 9562), since many programs take no other.
 */
export class TransactionIds {
  readonly #run: string;

  constructor(seed: number) {
    this.#run = `TXN-${HEX[new SeededRandom(seed, STREAMS.run).at(0).bits() >>> 16]}`;
  }

  /**
   * @param index - a whole number, 0 to 2^48 - 1
   * @param random - begun for this index
   */
  at(index: number, random: SeededRandom): string {
    const [high, low] = [Math.floor(index / 0x1_0000_0000), index | 0];
    const [b, c] = [random.bits(), random.bits()];
    const version = HEX[0x4000 | ((low >>> 4) & 0x0fff)];
    const variant = HEX[0x8000 | ((low & 0xf) << 10) | (b >>> 22)];
    return `${this.#run}${HEX[high & 0xffff]}-${HEX[low >>> 16]}-${version}-${variant}-${HEX[b & 0xffff]}${HEX[c >>> 16]}${HEX[c & 0xffff]}`;
  }
}
