/**
 * Draws an index with given weights at the same cost for any number of them: A. J. Walker's alias method in
 * M. D. Vose's form (1991).
 */
export class WeightedChoice {
  readonly #keep: Float64Array;
  readonly #alias: Uint32Array;

  constructor(weights: readonly number[]) {
    const { length } = weights;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const scaled = Float64Array.from(weights, (weight) => (weight * length) / total);
    this.#keep = new Float64Array(length).fill(1);
    this.#alias = Uint32Array.from(weights, (_, index) => index);
    const small: number[] = [];
    const large: number[] = [];
    for (const [index, share] of scaled.entries()) (share < 1 ? small : large).push(index);
    for (;;) {
      const less = small.pop();
      const more = large.pop();
      if (less === undefined || more === undefined) break;
      this.#keep[less] = scaled[less] as number;
      this.#alias[less] = more;
      scaled[more] = (scaled[more] as number) + (scaled[less] as number) - 1;
      ((scaled[more] as number) < 1 ? small : large).push(more);
    }
  }

  /** @param share - from 0 up to, not including, 1 */
  at(share: number): number {
    const place = share * this.#keep.length;
    const index = Math.floor(place);
    return place - index < (this.#keep[index] as number) ? index : (this.#alias[index] as number);
  }
}
