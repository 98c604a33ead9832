import { TOP_KEPT } from "#contract/rollup.ts";

/** What was sold under a name. */
export interface Sold {
  pieces: number;
  cents: number;
}

interface Tally extends Sold {
  readonly name: string;
  /** Of it, what the rollup has not been told yet. */
  readonly untold: Sold;
}

/**
 * The {@link TOP_KEPT} largest names of one second of one partition, as far as its writer knows them.
 *
 * MongoDB goes through a rollup from its beginning for each field that an update names, and writes it anew with each
 * chunk. So a rollup gets only what is worth showing: with every name that is sold it would have hundreds at 1,000/s.
 */
export class LargestNames {
  readonly #by: keyof Sold;
  readonly #all = new Map<string, Tally>();
  readonly #largest = new Set<Tally>();
  /** Of the largest; `undefined` when it has to be looked for. */
  #smallest: Tally | undefined;

  /** @param by - what makes a name large */
  constructor(by: keyof Sold) {
    this.#by = by;
  }

  /**
   * Adds what a chunk has sold.
   *
   * @returns by how much each of the largest names has grown since it was in such an answer, or else at all
   */
  add(sold: ReadonlyMap<string, Readonly<Sold>>): (readonly [name: string, growth: Readonly<Sold>])[] {
    for (const [name, { pieces, cents }] of sold) {
      let tally = this.#all.get(name);
      if (tally === undefined) {
        tally = { name, pieces: 0, cents: 0, untold: { pieces: 0, cents: 0 } };
        this.#all.set(name, tally);
      }
      tally.pieces += pieces;
      tally.cents += cents;
      tally.untold.pieces += pieces;
      tally.untold.cents += cents;
      this.#place(tally);
    }
    const grown: (readonly [string, Sold])[] = [];
    for (const { name, untold } of this.#largest) {
      if (untold.pieces === 0) continue;
      grown.push([name, { ...untold }]);
      untold.pieces = 0;
      untold.cents = 0;
    }
    return grown;
  }

  #place(tally: Tally): void {
    const largest = this.#largest;
    if (largest.has(tally)) {
      if (tally === this.#smallest) this.#smallest = undefined;
      return;
    }
    if (largest.size >= TOP_KEPT) {
      this.#smallest ??= this.#findSmallest();
      if (this.#smallest === undefined || tally[this.#by] <= this.#smallest[this.#by]) return;
      largest.delete(this.#smallest);
    }
    largest.add(tally);
    this.#smallest = undefined;
  }

  #findSmallest(): Tally | undefined {
    let smallest: Tally | undefined;
    for (const tally of this.#largest)
      if (smallest === undefined || tally[this.#by] < smallest[this.#by]) smallest = tally;
    return smallest;
  }
}

/** The names of the second that one partition is in. */
export class NamesOfSecond {
  #second: number | undefined;
  #products = new LargestNames("cents");
  #states = new LargestNames("pieces");

  /** Those of a second; when it is another one than before they begin anew. */
  at(second: number): { readonly products: LargestNames; readonly states: LargestNames } {
    if (second !== this.#second) {
      this.#second = second;
      this.#products = new LargestNames("cents");
      this.#states = new LargestNames("pieces");
    }
    return { products: this.#products, states: this.#states };
  }

  /**
   * For when a chunk was added that the rollup was not told of, or perhaps: it is added again, and would count twice.
   * Names count from now on, with what is sold from now on.
   */
  forget(): void {
    this.#second = undefined;
  }
}
