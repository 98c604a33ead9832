import { SOURCES, type Source, sourceOf } from "#contract/sources.ts";
import type { RunningStack } from "./running-stack.ts";

/** The source that drills and soaks load the pipeline with: any rate, and faults too. */
export const LOADED: Source = sourceOf("faker");

/** The rates of all sources for as long as a drill decides about them. */
export class SourceRates {
  readonly #stack: RunningStack;
  /** Transactions per second as they were found, of the sources that run. */
  readonly #found: ReadonlyMap<Source, number>;

  private constructor(stack: RunningStack, found: ReadonlyMap<Source, number>) {
    this.#stack = stack;
    this.#found = found;
  }

  /**
   * Asks every source. One that does not answer sends nothing, so only Faker has to.
   *
   * @throws StackError when Faker does not answer
   */
  static async of(stack: RunningStack): Promise<SourceRates> {
    const found = new Map<Source, number>();
    for (const source of SOURCES) {
      try {
        const { perSecond } = await stack.request(source, "GET", "/rate");
        found.set(source, Number(perSecond));
      } catch (error) {
        if (source === LOADED) throw error;
      }
    }
    return new SourceRates(stack, found);
  }

  /** Nothing is sent any more. */
  async stop(): Promise<void> {
    await this.#set(() => 0);
  }

  /** Faker at this rate, the others as they were. */
  async flow(perSecond: number): Promise<void> {
    await this.#set((source, found) => (source === LOADED ? perSecond : found));
  }

  /** All as they were; one that is gone by now has no rate to set. */
  async restore(): Promise<void> {
    await this.#set((_, found) => found).catch(() => undefined);
  }

  async #set(rateOf: (source: Source, found: number) => number): Promise<void> {
    for (const [source, found] of this.#found)
      await this.#stack.request(source, "PUT", "/rate", { perSecond: rateOf(source, found) });
  }
}
