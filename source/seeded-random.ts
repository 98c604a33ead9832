/**
 * Numbers that depend on a seed, a stream and an index alone: transaction 1,000,000 costs as much as transaction 0.
 * sfc32 (Chris Doty-Humphrey, PractRand) begun anew for each index; 15 rounds mix the beginning, as its author advises.
 */
export class SeededRandom {
  readonly #seedLow: number;
  readonly #seedHigh: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 0;

  /**
   * @param seed - a whole number, 0 to 2^53 - 1
   * @param stream - keeps apart what is drawn for different purposes under one seed
   */
  constructor(seed: number, stream: number) {
    this.#seedLow = seed | 0;
    this.#seedHigh = Math.floor(seed / 0x1_0000_0000) ^ Math.imul(stream, 0x9e3779b9);
  }

  /** Begins the numbers of an index. */
  at(index: number): this {
    this.#a = this.#seedLow;
    this.#b = this.#seedHigh;
    this.#c = index | 0;
    this.#counter = 1 + Math.floor(index / 0x1_0000_0000);
    for (let round = 0; round < 15; round++) this.bits();
    return this;
  }

  /** 32 random bits as a signed integer. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** A number from 0 up to, not including, 1. */
  share(): number {
    return (this.bits() >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number {
    return Math.floor(this.share() * count);
  }
}

/** What is drawn for what. Changing a number changes every transaction of every seed. */
export const STREAMS = { transaction: 1, fault: 2, customer: 3, product: 4, ranking: 5, seed: 6, run: 7 } as const;

/** A seed for who gave none; small enough to be read out. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 1_000_000_000);
}
