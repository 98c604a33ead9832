/** One contestant of a question; a run gives named figures. */
export interface Contestant {
  readonly name: string;
  /** One measurement from beginning to end. */
  readonly run: () => Promise<Readonly<Record<string, number>>>;
}

/** Minimum, median and maximum of several runs. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Figures of one contestant over all rounds. */
export interface Measured {
  readonly name: string;
  readonly figures: Readonly<Record<string, Spread>>;
}

/**
 * Runs every contestant once a round, in an order that changes from round to round, so that a machine that gets slower or
 * warmer in time favours nobody, and nobody always has the same one before it, whose files are still being written down.
 *
 * @param rounds - how often each runs, 3 or more for a median that means something
 * @param onProgress - told what runs now
 */
export async function runRounds(
  contestants: readonly Contestant[],
  rounds: number,
  onProgress: (what: string) => void,
): Promise<Measured[]> {
  const found = new Map<string, Map<string, number[]>>(contestants.map(({ name }) => [name, new Map()]));
  for (let round = 0; round < rounds; round++) {
    for (const contestant of orderOf(contestants, round)) {
      onProgress(`round ${round + 1} of ${rounds}: ${contestant.name}`);
      const figures = await contestant.run();
      const shown = Object.entries(figures).map(([figure, value]) => `${figure}: ${value.toPrecision(4)}`);
      onProgress(`  ${shown.join(", ")}`);
      const all = found.get(contestant.name);
      for (const [figure, value] of Object.entries(figures)) {
        const values = all?.get(figure) ?? [];
        values.push(value);
        all?.set(figure, values);
      }
    }
  }
  return contestants.map(({ name }) => ({
    name,
    figures: Object.fromEntries([...(found.get(name) ?? [])].map(([figure, values]) => [figure, spreadOf(values)])),
  }));
}

/**
 * Who runs after whom in a round: a Williams design, in which within as many rounds as there are contestants (twice as
 * many if they are odd in number) each runs at each place, and after each other one, equally often.
 */
export function orderOf<T>(contestants: readonly T[], round: number): T[] {
  const count = contestants.length;
  const isMirrored = count % 2 === 1 && Math.floor(round / count) % 2 === 1;
  const zigzag = contestants.map((_, place) => (place % 2 === 1 ? (place + 1) / 2 : count - place / 2));
  const order = zigzag.map((from) => contestants[(from + round) % count] as T);
  return isMirrored ? order.reverse() : order;
}

/** Minimum, median and maximum; the median of an even count is the mean of the two in the middle. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? Number.NaN;
  const low = sorted.length % 2 === 1 ? high : (sorted[middle - 1] ?? high);
  return { min: sorted[0] ?? Number.NaN, median: (low + high) / 2, max: sorted.at(-1) ?? Number.NaN };
}
