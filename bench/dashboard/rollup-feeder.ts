import { Decimal128, type MongoClient } from "mongodb";
import type { Rollup } from "#contract/rollup.ts";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import { COLLECTIONS, type LedgerEntry, ledgerId, type StoredTransaction } from "#contract/storage.ts";
import { quietKafka } from "../../test/harness/topics.ts";
import { makeSale, type Sale } from "./made-up-sale.ts";

const EVERY_MS = 100;
const SAMPLES_A_TURN = 2;

/** What the feeder works on. */
export interface RollupFeederOptions {
  readonly broker: string;
  readonly client: MongoClient;
  readonly topics: Readonly<Record<SourceId, string>>;
}

/**
 * Stands in for the consumer at rates that two cores can't store beside a browser: what arrives in Kafka is accounted
 * for as if it had been stored, with the documents that the consumer would write (ledger, rollups, a few transactions
 * for the tail, in one MongoDB transaction), but without reading it.
 */
export class RollupFeeder implements AsyncDisposable {
  readonly #options: RollupFeederOptions;
  readonly #admin;
  readonly #next = new Map<string, number>();
  #isStopped = false;
  #turns: Promise<void> = Promise.resolve();

  constructor(options: RollupFeederOptions) {
    this.#options = options;
    this.#admin = quietKafka(options.broker).admin();
  }

  async start(): Promise<void> {
    await this.#admin.connect();
    this.#turns = this.#feed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await this.#turns;
    await this.#admin.disconnect();
  }

  /** Writes the rollups of the last seconds, as if it had run before. */
  async writePast(seconds: number, perSecond: number): Promise<void> {
    const { client, topics } = this.#options;
    const now = Math.floor(Date.now() / 1000);
    const rollups = client.db().collection<Rollup>(COLLECTIONS.rollups);
    for (let at = now - seconds; at < now; at += 60) {
      const minute: Rollup[] = [];
      for (let second = at; second < Math.min(at + 60, now); second++)
        for (const { id } of SOURCES)
          for (let partition = 0; partition < 3; partition++) {
            const count = Math.max(1, Math.round(perSecond / 6));
            const place = { topic: topics[id], partition, source: id, second: new Date(second * 1000) };
            minute.push({ _id: `${topics[id]}/${partition}/${second}`, ...place, ...rollupOf(makeSale(count)) });
          }
      await rollups.insertMany(minute, { ordered: false });
    }
  }

  async #feed(): Promise<void> {
    while (!this.#isStopped) {
      const startedAt = performance.now();
      await this.#turn();
      await Bun.sleep(Math.max(1, EVERY_MS - (performance.now() - startedAt)));
    }
  }

  async #turn(): Promise<void> {
    const { client, topics } = this.#options;
    const db = client.db();
    const moves: { source: SourceId; topic: string; partition: number; from: number; to: number }[] = [];
    for (const { id } of SOURCES) {
      for (const { partition, high } of await this.#admin.fetchTopicOffsets(topics[id])) {
        const key = ledgerId(topics[id], partition);
        const from = this.#next.get(key) ?? 0;
        moves.push({ source: id, topic: topics[id], partition, from, to: Number(high) });
        this.#next.set(key, Number(high));
      }
    }
    const now = Date.now();
    const second = Math.floor(now / 1000);
    const moved = moves.filter(({ from, to }) => to > from);
    if (moved.length === 0) return;
    const sold = moved.flatMap((move) => samplesOf(move, now));
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await db.collection<LedgerEntry>(COLLECTIONS.ledger).bulkWrite(
          moved.map(({ topic, partition, from, to }) => ({
            updateOne: {
              filter: { _id: ledgerId(topic, partition) },
              update: {
                $setOnInsert: { topic, partition, firstOffset: 0, duplicates: 0, deadLettered: 0, absent: 0 },
                $set: { nextOffset: to, epoch: 1, owner: "bench", updated_at: new Date(now) },
                $inc: { stored: to - from },
              },
              upsert: true,
            },
          })),
          { session },
        );
        await db.collection<Rollup>(COLLECTIONS.rollups).bulkWrite(
          moved.map(({ source, topic, partition, from, to }) => ({
            updateOne: {
              filter: { _id: `${topic}/${partition}/${second}` },
              update: {
                $setOnInsert: { second: new Date(second * 1000), topic, partition, source },
                $inc: incrementsOf(makeSale(to - from)),
                $push: {
                  samples: {
                    $each: sold.filter(({ ingest }) => ingest.topic === topic).map(({ _id }) => _id),
                    $slice: -5,
                  },
                },
              },
              upsert: true,
            },
          })),
          { session },
        );
        await db
          .collection<StoredTransaction<Decimal128>>(COLLECTIONS.transactions)
          .insertMany(sold, { session, ordered: false });
      }),
    );
  }
}

function rollupOf({ count, ...rest }: Sale): Omit<Rollup, "_id" | "second" | "topic" | "partition" | "source"> {
  return { stored: count, duplicates: 0, deadLettered: 0, absent: 0, samples: [], ...rest };
}

/** As `consumer/rollup-update.ts` increments: a field per status, bucket and name. */
function incrementsOf({ count, ...rest }: Sale): Record<string, number> {
  const increments: Record<string, number> = { stored: count, revenueCents: rest.revenueCents };
  for (const field of ["statuses", "payments", "latency", "states"] as const)
    for (const [name, by] of Object.entries(rest[field])) increments[`${field}.${name}`] = by;
  for (const [name, { pieces, cents }] of Object.entries(rest.products)) {
    increments[`products.${name}.pieces`] = pieces;
    increments[`products.${name}.cents`] = cents;
  }
  return increments;
}

function samplesOf(
  {
    source,
    topic,
    partition,
    from,
    to,
  }: { source: SourceId; topic: string; partition: number; from: number; to: number },
  now: number,
): StoredTransaction<Decimal128>[] {
  return Array.from({ length: Math.min(SAMPLES_A_TURN, to - from) }, (_, index) => {
    const id = `TXN-${crypto.randomUUID()}`;
    const amount = Decimal128.fromString((10 + Math.random() * 900).toFixed(2));
    const offset = to - 1 - index;
    const times = { produced_at: new Date(now - 20), stored_at: new Date(now) };
    return {
      ...{ _id: id, transaction_id: id, timestamp: new Date(now), customer_id: 1234, currency: "USD" },
      product_details: [{ product_id: "PROD-100", product_name: "Ergonomic Steel Chair", quantity: 1, price: amount }],
      ...{ total_amount: amount, payment_method: "PayPal", status: "Shipped" },
      shipping_address: { street: "1 Main St", city: "Austin", state: "TX", zip_code: "73301", country: "USA" },
      ingest: { source, topic, partition, offset, ...times },
    } as StoredTransaction<Decimal128>;
  });
}
