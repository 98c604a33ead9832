import { faker } from "@faker-js/faker/locale/en_US";
import { latencyBucket, type Rollup, TOP_KEPT } from "#contract/rollup.ts";
import { PAYMENT_METHODS, STATUSES } from "#contract/transaction.ts";

/** Sums of some transactions, of the size and shape that real ones have. */
export interface Sale
  extends Pick<Rollup, "revenueCents" | "statuses" | "payments" | "latency" | "products" | "states"> {
  readonly count: number;
}

const MEDIAN_MS = 12;
const PRODUCTS = Array.from({ length: 200 }, () => faker.commerce.productName());
const STATES = Array.from({ length: 50 }, (_, index) => faker.definitions.location.state?.[index] ?? "Texas");

/** Makes sums of so many transactions up. */
export function makeSale(count: number): Sale {
  const cents = Math.round(count * (25_000 + Math.random() * 10_000));
  return {
    count,
    revenueCents: cents,
    statuses: Object.fromEntries(split(count, [...STATUSES])),
    payments: Object.fromEntries(split(count, [...PAYMENT_METHODS])),
    latency: latencyOf(count),
    products: Object.fromEntries(
      split(cents, some(PRODUCTS)).map(([name, share]) => [
        name,
        { pieces: 1 + Math.floor(share / 9_000), cents: share },
      ]),
    ),
    states: Object.fromEntries(split(count, some(STATES))),
  };
}

/** The first of a list are there more often, as the best sold are. */
function some(names: readonly string[]): string[] {
  const chosen = new Set<string>();
  while (chosen.size < TOP_KEPT) chosen.add(names[Math.floor(Math.random() ** 3 * names.length)] ?? "");
  return [...chosen];
}

function split(total: number, names: readonly string[]): [string, number][] {
  const weights = names.map((_, index) => (1 + Math.random()) / (1 + index));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  let left = total;
  return names.map((name, index) => {
    const share = index === names.length - 1 ? left : Math.min(left, Math.round((total * (weights[index] ?? 0)) / sum));
    left -= share;
    return [name, share];
  });
}

function latencyOf(count: number): Record<string, number> {
  const buckets = new Map<number, number>();
  const draws = Math.min(count, 60);
  for (let draw = 0; draw < draws; draw++) {
    const bucket = latencyBucket(MEDIAN_MS * Math.exp((Math.random() + Math.random() - 1) * 1.4));
    const share = Math.floor(count / draws) + (draw < count % draws ? 1 : 0);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + share);
  }
  return Object.fromEntries([...buckets].map(([bucket, share]) => [String(bucket), share]));
}
