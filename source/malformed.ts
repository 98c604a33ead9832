import type { Reason } from "#contract/reasons.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** One way for a value to be no transaction. */
export interface Malformed {
  /** The reason with which the consumer parks it. */
  readonly reason: Reason;
  /** The value made from a good transaction's JSON. */
  readonly make: (json: string, random: SeededRandom) => Buffer | null;
}

const REQUIRED = ["transaction_id", "timestamp", "product_details", "total_amount", "currency", "status"] as const;
const WRONG: Readonly<Record<string, unknown>> = {
  customer_id: "many",
  product_details: "a chair",
  total_amount: { usd: 12 },
  timestamp: 1_700_000_000,
  status: "Lost",
};

/** Every way, each as frequent as the others. */
export const MALFORMED: readonly Malformed[] = [
  // Cut off inside: an object without its last brace is never JSON.
  { reason: "not-json", make: (json, random) => Buffer.from(json.slice(0, 1 + random.below(json.length - 2))) },
  // 0xff begins no character of UTF-8.
  { reason: "not-json", make: (_, random) => Buffer.from([0xff, ...[0, 1, 2, 3].map(() => random.bits() & 0xff)]) },
  { reason: "not-an-object", make: (json) => Buffer.from(`[${json}]`) },
  { reason: "invalid-transaction", make: (json, random) => changed(json, pick(Object.entries(WRONG), random)) },
  { reason: "invalid-transaction", make: (json, random) => changed(json, [pick(REQUIRED, random), undefined]) },
  { reason: "empty", make: () => null },
];

function pick<T>(list: readonly T[], random: SeededRandom): T {
  return list[random.below(list.length)] as T;
}

function changed(json: string, [name, value]: readonly [string, unknown]): Buffer {
  return Buffer.from(JSON.stringify({ ...JSON.parse(json), [name]: value }));
}
