import type { Faker } from "@faker-js/faker";
import { SeededRandom, STREAMS } from "#source/seeded-random.ts";
import { PLACES } from "./places.ts";
import { WeightedChoice } from "./weighted-choice.ts";

/** Products are `PROD-100` to `PROD-999`, customers 1000 to 9999. */
const PRODUCTS = { first: 100, count: 900 };
const CUSTOMERS = { first: 1000, count: 9000 };
/** Endings of prices in cents, as shops like them. */
const PRICE_ENDINGS = [99, 99, 99, 95, 50, 49, 0, 0] as const;

/** A product, as the parts of the JSON before and after its quantity. */
export interface CatalogueProduct {
  readonly beforeQuantity: string;
  readonly afterQuantity: string;
  readonly priceCents: number;
}

const places = new WeightedChoice(PLACES.map(({ weight }) => weight));
/** The product of rank n is bought 1 / n^0.9 as often as the first: a long tail. */
const popularity = new WeightedChoice(Array.from({ length: PRODUCTS.count }, (_, rank) => 1 / (rank + 1) ** 0.9));

/**
 * The shop of a seed: products with their price, customers with their address. Each is drawn with Faker when it is
 * first needed, from the seed and its own number alone, so that nothing has to be built before the first transaction.
 */
export class Catalogue {
  readonly #seed: number;
  readonly #faker: Faker;
  readonly #productRandom: SeededRandom;
  readonly #customerRandom: SeededRandom;
  readonly #products: (CatalogueProduct | undefined)[] = [];
  readonly #addresses: (string | undefined)[] = [];
  /** Product by rank of popularity. */
  readonly #ranking: Uint16Array;

  /** @param faker - loaded by whoever needs a catalogue, since that takes a while; it is seeded anew for each draw */
  constructor(seed: number, faker: Faker) {
    this.#seed = seed;
    this.#faker = faker;
    this.#productRandom = new SeededRandom(seed, STREAMS.product);
    this.#customerRandom = new SeededRandom(seed, STREAMS.customer);
    this.#ranking = shuffled(PRODUCTS.count, new SeededRandom(seed, STREAMS.ranking).at(0));
  }

  /** The product that a share of 0 to 1 of all purchases falls on. */
  productAt(share: number): number {
    return this.#ranking[popularity.at(share)] as number;
  }

  /** How many products there are; they are numbered from 0. */
  get productCount(): number {
    return PRODUCTS.count;
  }

  /** A product by its number, from 0. */
  product(number: number): CatalogueProduct {
    this.#products[number] ??= this.#makeProduct(number);
    return this.#products[number];
  }

  /** The `customer_id` that a share of 0 to 1 of all purchases falls on. */
  customerAt(share: number): number {
    return CUSTOMERS.first + Math.floor(share * CUSTOMERS.count);
  }

  /** The address of a customer as JSON. */
  addressOf(customer: number): string {
    this.#addresses[customer] ??= this.#makeAddress(customer);
    return this.#addresses[customer];
  }

  #makeProduct(number: number): CatalogueProduct {
    const random = this.#productRandom.at(number);
    const name = this.#seeded(STREAMS.product, number).commerce.productName();
    // Logarithmic between 10 and 500: many cheap things, few dear ones.
    const dollars = Math.floor(10 * 50 ** random.share());
    const ending = PRICE_ENDINGS[random.below(PRICE_ENDINGS.length)] as number;
    const priceCents = Math.min(50_000, dollars * 100 + ending);
    const id = `PROD-${PRODUCTS.first + number}`;
    return {
      beforeQuantity: `{"product_id":"${id}","product_name":${JSON.stringify(name)},"quantity":`,
      afterQuantity: `,"price":${priceCents / 100}}`,
      priceCents,
    };
  }

  #makeAddress(customer: number): string {
    const random = this.#customerRandom.at(customer);
    const { city, state, zipPrefix } = PLACES[places.at(random.share())] as (typeof PLACES)[number];
    const zip_code = zipPrefix + String(1 + random.below(40)).padStart(2, "0");
    const street = this.#seeded(STREAMS.customer, customer).location.streetAddress();
    return JSON.stringify({ street, city, state, zip_code, country: "USA" });
  }

  #seeded(stream: number, number: number): Faker {
    this.#faker.seed([this.#seed | 0, Math.floor(this.#seed / 0x1_0000_0000), stream, number]);
    return this.#faker;
  }
}

function shuffled(count: number, random: SeededRandom): Uint16Array {
  const list = Uint16Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [list[last], list[other]] = [list[other] as number, list[last] as number];
  }
  return list;
}
