import { FAULT_KINDS, type FaultKind, type FaultShares } from "#contract/reasons.ts";
import { SeededRandom, STREAMS } from "./seeded-random.ts";

/** No fault on purpose. */
export const NO_FAULTS: FaultShares = { duplicate: 0, late: 0, malformed: 0, conflict: 0, oversize: 0 };

/** Draws which transaction gets which fault: from the seed and the transaction's index alone. */
export class FaultDraw {
  readonly #random: SeededRandom;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed, STREAMS.fault);
  }

  /** The fault of a transaction, one at most. Afterwards {@link random} goes on with the numbers of this index. */
  at(index: number, shares: FaultShares): FaultKind | undefined {
    let rest = this.#random.at(index).share();
    for (const kind of FAULT_KINDS) {
      rest -= shares[kind];
      if (rest < 0) return kind;
    }
    return undefined;
  }

  /** More numbers for the same index: which kind of malformed, how late. */
  get random(): SeededRandom {
    return this.#random;
  }
}
