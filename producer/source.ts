import type { Faker } from "@faker-js/faker";
import { MOST_RECORDS } from "#runtime/publisher.ts";
import type { MadeTransaction } from "#source/transaction-record.ts";
import type { Outlet, PreviewOptions, TransactionSource } from "#source/transaction-source.ts";
import { Catalogue } from "./catalogue.ts";
import { Generator } from "./generator.ts";

/** Makes transactions with Faker: the n-th one made is number n of the seed, whoever asked for it. */
export class FakerSource implements TransactionSource {
  readonly #outlet: Outlet;
  readonly #seed: number;
  readonly #faker: Promise<Faker>;
  readonly #load: () => void;
  #generator: Generator | undefined;
  #next = 0;
  #onRequest = 0;

  constructor(outlet: Outlet, seed: number) {
    this.#outlet = outlet;
    this.#seed = seed;
    const { promise, resolve } = Promise.withResolvers<Faker>();
    this.#faker = promise;
    this.#load = () => resolve(import("@faker-js/faker/locale/en").then(({ faker }) => faker));
  }

  async start(): Promise<void> {
    this.#load();
    this.#generator = await this.#generatorOf(this.#seed);
  }

  give(wanted: number): number {
    const generator = this.#generator;
    if (generator === undefined) return 0;
    let given = 0;
    const timestamp = new Date().toISOString();
    while (given < wanted && this.#outlet.free > 0) {
      const count = Math.min(MOST_RECORDS, wanted - given);
      const made: MadeTransaction[] = [];
      for (let index = 0; index < count; index++) made.push(generator.make(this.#next++, timestamp));
      this.#outlet.send(made);
      given += count;
    }
    return given;
  }

  async one(): Promise<MadeTransaction> {
    const generator = this.#generator ?? (await this.#generatorOf(this.#seed));
    this.#onRequest++;
    return generator.make(this.#next++, new Date().toISOString());
  }

  async preview({ seed, count, after }: PreviewOptions): Promise<string[]> {
    const generator = await this.#generatorOf(seed);
    const timestamp = new Date().toISOString();
    return Array.from({ length: count }, (_, index) => generator.make(after + index, timestamp).json);
  }

  stats(): Record<string, unknown> {
    return { made: this.#next, onRequest: this.#onRequest };
  }

  async stop(): Promise<void> {
    // Nothing is under way here: what was made has been handed on.
  }

  async #generatorOf(seed: number): Promise<Generator> {
    if (seed === this.#seed && this.#generator !== undefined) return this.#generator;
    return new Generator(seed, new Catalogue(seed, await this.#faker));
  }
}
