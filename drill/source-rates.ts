import { SOURCES, type Source, sourceOf } from "#contract/sources.ts";
import { StackError } from "../stack/stack-error.ts";
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
   * @throws when Faker does not answer, or when a source refuses
   */
  static async of(stack: RunningStack): Promise<SourceRates> {
    const found = new Map<Source, number>();
    for (const source of SOURCES) {
      try {
        const { perSecond } = await stack.request(source, "GET", "/rate");
        found.set(source, Number(perSecond));
      } catch (error) {
        if (source === LOADED || !(error instanceof StackError)) throw error;
      }
    }
    return new SourceRates(stack, found);
  }

  /** Nothing is sent any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#set(() => 0));
  }

  /** Faker at this rate, the others as they were. */
  async flow(perSecond: number): Promise<void> {
    await Promise.all(this.#set((source, found) => (source === LOADED ? perSecond : found)));
  }

  /** All as they were; one that is gone by now does not keep the others from it. */
  async restore(): Promise<void> {
    await Promise.allSettled(this.#set((_, found) => found));
  }

  #set(rateOf: (source: Source, found: number) => number): Promise<unknown>[] {
    return [...this.#found].map(([source, found]) =>
      this.#stack.request(source, "PUT", "/rate", { perSecond: rateOf(source, found) }),
    );
  }
}
