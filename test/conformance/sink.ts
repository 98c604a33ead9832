import { expect, test } from "bun:test";
import type { LedgerEntry, StoredTransaction } from "#contract/storage.ts";
import type { IncomingTransaction } from "#contract/transaction.ts";
import type { Chunk, ConsumedRecord } from "../../consumer/record.ts";
import type { Claim, Sink } from "../../consumer/sink.ts";

/** A sink on an empty store, and a look into that store from outside. */
export interface SinkUnderTest extends AsyncDisposable {
  /** A consumer; each call is another one on the same store. */
  connect(): Sink;
  /** As the majority has it. */
  ledger(topic: string, partition: number): Promise<LedgerEntry | null>;
  forgetLedger(): Promise<void>;
  /** In the order of their ids, like the dead letters. */
  transactions(): Promise<StoredTransaction[]>;
  deadLetters(): Promise<{ _id: string; reason: string; detail: string; value_size: number }[]>;
}

/** A transaction whose fields can be changed. */
export function transactionOf(id: string, change: Partial<IncomingTransaction> = {}): IncomingTransaction {
  return {
    transaction_id: id,
    timestamp: "2026-01-31T12:00:00Z",
    customer_id: 1000,
    product_details: [{ product_id: "PROD-100", product_name: "Chair", quantity: 2, price: 12.5 }],
    total_amount: 25,
    currency: "USD",
    payment_method: "PayPal",
    shipping_address: { street: "Main St 1", city: "Austin", state: "TX", zip_code: "73301", country: "USA" },
    status: "Shipped",
    ...change,
  };
}

/** A record with a value: a text as it is, anything else as JSON, `null` for none. */
export function recordOf(topic: string, partition: number, offset: number, value: unknown): ConsumedRecord {
  const bytes =
    value === null ? null : new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
  return { topic, partition, offset, key: null, value: bytes, headers: {}, producedAtMs: Date.now() };
}

/** A chunk of values at successive offsets from where the claim stands. */
export function chunkFor({ topic, partition, nextOffset: fromOffset }: Claim, values: readonly unknown[]): Chunk {
  const records = values.map((value, index) => recordOf(topic, partition, fromOffset + index, value));
  return { topic, partition, source: "faker", fromOffset, nextOffset: fromOffset + values.length, records };
}

/** Stored + duplicates + deadLettered + absent = nextOffset - firstOffset. */
export function expectIdentity(entry: LedgerEntry | null): void {
  expect(entry).not.toBeNull();
  if (entry === null) return;
  const { stored, duplicates, deadLettered, absent, nextOffset, firstOffset } = entry;
  expect(stored + duplicates + deadLettered + absent).toBe(nextOffset - firstOffset);
}

/**
 * What every sink promises, as tests. A new sink calls this in a test file of its own.
 *
 * @param open - makes an empty store
 */
export function describeSink(name: string, open: () => Promise<SinkUnderTest>): void {
  const promise = (what: string, check: (store: SinkUnderTest, sink: Sink) => Promise<void>): void => {
    test(`${name}: ${what}`, async () => {
      await using store = await open();
      await check(store, store.connect());
    });
  };

  promise("a partition that nobody has read begins at its first offset", async (store, sink) => {
    const claim = await sink.claim("t", 0, 17);
    expect(claim).toMatchObject({ topic: "t", partition: 0, nextOffset: 17 });
    expect(await store.ledger("t", 0)).toMatchObject({ firstOffset: 17, nextOffset: 17, stored: 0 });
  });

  promise("what is written is there with its origin, and the ledger has moved", async (store, sink) => {
    const claim = await sink.claim("t", 2, 5);
    const chunk = chunkFor(claim, [transactionOf("a"), transactionOf("b"), transactionOf("c")]);
    expect(await sink.write(claim, chunk)).toMatchObject({ kind: "written", stored: 3 });
    const found = await store.transactions();
    expect(found.map(({ _id, ingest }) => [_id, ingest.topic, ingest.partition, Number(ingest.offset)])).toEqual([
      ["a", "t", 2, 5],
      ["b", "t", 2, 6],
      ["c", "t", 2, 7],
    ]);
    expect(found[0]).toMatchObject({ transaction_id: "a", timestamp: new Date("2026-01-31T12:00:00Z") });
    expect(String(found[0]?.total_amount)).toBe("25");
    expect(await store.ledger("t", 2)).toMatchObject({ nextOffset: 8, stored: 3 });
    expect(claim.nextOffset).toBe(8);
  });

  promise("the same chunk again changes nothing", async (store, sink) => {
    const claim = await sink.claim("t", 0, 0);
    const chunk = chunkFor(claim, [transactionOf("a"), "no JSON"]);
    await sink.write(claim, chunk);
    const before = [await store.ledger("t", 0), await store.transactions(), await store.deadLetters()];
    await sink.write({ ...claim, nextOffset: 0 }, chunk);
    expect([await store.ledger("t", 0), await store.transactions(), await store.deadLetters()]).toEqual(before);
  });

  promise("same id and content is a duplicate, other content a conflict: in one chunk", async (store, sink) => {
    const claim = await sink.claim("t", 0, 0);
    const rows = [transactionOf("a"), transactionOf("a"), transactionOf("a", { status: "Cancelled" })];
    await sink.write(claim, chunkFor(claim, rows));
    const entry = await store.ledger("t", 0);
    expect(entry).toMatchObject({ stored: 1, duplicates: 1, deadLettered: 1 });
    expectIdentity(entry);
    expect((await store.transactions()).map(({ status }) => status)).toEqual(["Shipped"]);
    expect(await store.deadLetters()).toMatchObject([{ _id: "t/0/2", reason: "conflict" }]);
  });

  promise("the same across chunks, partitions and topics, whichever came first", async (store, sink) => {
    const home = await sink.claim("t", 0, 0);
    await sink.write(home, chunkFor(home, [transactionOf("a"), transactionOf("b")]));
    await sink.write(home, chunkFor(home, [transactionOf("a"), transactionOf("c")]));
    const others = [await sink.claim("t", 1, 0), await sink.claim("u", 0, 0)];
    for (const claim of others) {
      const rows = [transactionOf("b", { status: "Delivered" }), transactionOf("b"), transactionOf("c")];
      await sink.write(claim, chunkFor(claim, rows));
      // The first stays, and later ones are held against it, not against one another.
      const entry = await store.ledger(claim.topic, claim.partition);
      expect(entry).toMatchObject({ stored: 0, duplicates: 2, deadLettered: 1 });
      expectIdentity(entry);
    }
    expect(await store.ledger("t", 0)).toMatchObject({ stored: 3, duplicates: 1 });
    expect((await store.transactions()).map(({ status }) => status)).toEqual(["Shipped", "Shipped", "Shipped"]);
  });

  promise('content is equal when it means the same: order of fields, 25 and "25.00", zones', async (store, sink) => {
    const claim = await sink.claim("t", 0, 0);
    const { timestamp: _, ...rest } = transactionOf("a");
    await sink.write(claim, chunkFor(claim, [transactionOf("a")]));
    const rows = [
      { timestamp: "2026-01-31T13:00:00+01:00", ...rest },
      transactionOf("a", { total_amount: "25.00", timestamp: "2026-01-31 12:00:00" }),
      transactionOf("a", { total_amount: "25.01" }),
    ];
    await sink.write(claim, chunkFor(claim, rows));
    expect(await store.ledger("t", 0)).toMatchObject({ stored: 1, duplicates: 2, deadLettered: 1 });
  });

  promise("every record that is no transaction is kept with its reason, and stops nothing", async (store, sink) => {
    const claim = await sink.claim("t", 0, 0);
    const rows = ["{", "[]", null, "", { transaction_id: "x" }, transactionOf("good")];
    expect(await sink.write(claim, chunkFor(claim, rows))).toMatchObject({ stored: 1, deadLettered: 5 });
    const reasons = (await store.deadLetters()).map(({ _id, reason }) => [_id, reason]);
    expect(reasons).toEqual([
      ["t/0/0", "not-json"],
      ["t/0/1", "not-an-object"],
      ["t/0/2", "empty"],
      ["t/0/3", "empty"],
      ["t/0/4", "invalid-transaction"],
    ]);
    const entry = await store.ledger("t", 0);
    expect(entry).toMatchObject({ stored: 1, deadLettered: 5, nextOffset: 6 });
    expectIdentity(entry);
    expect(claim.nextOffset).toBe(6);
    expect(await sink.write(claim, chunkFor(claim, [transactionOf("next")]))).toMatchObject({ stored: 1 });
    expect(await store.ledger("t", 0)).toMatchObject({ stored: 2, deadLettered: 5, nextOffset: 7 });
  });

  promise(
    "a document that the store can't hold is parked, and a good one of the same id stored",
    async (store, sink) => {
      const claim = await sink.claim("t", 0, 0);
      const large = { ...transactionOf("a"), note: "x".repeat(17 * 1024 * 1024) };
      expect(await sink.write(claim, chunkFor(claim, [large, transactionOf("a"), transactionOf("b")]))).toMatchObject({
        stored: 2,
        deadLettered: 1,
      });
      expect(await store.deadLetters()).toMatchObject([{ _id: "t/0/0", reason: "too-large" }]);
      expect((await store.transactions()).map(({ _id }) => _id)).toEqual(["a", "b"]);
    },
  );

  promise("offsets without a record are absent", async (store, sink) => {
    const claim = await sink.claim("t", 0, 0);
    const place = { topic: "t", partition: 0, source: "faker" } as const;
    const records = [recordOf("t", 0, 3, transactionOf("a")), recordOf("t", 0, 7, transactionOf("b"))];
    await sink.write(claim, { ...place, fromOffset: 0, nextOffset: 10, records });
    await sink.write(claim, { ...place, fromOffset: 10, nextOffset: 12, records: [] });
    const entry = await store.ledger("t", 0);
    expect(entry).toMatchObject({ nextOffset: 12, stored: 2, absent: 10 });
    expectIdentity(entry);
  });

  promise("whoever lost a partition can't write it any more", async (store, sink) => {
    const zombie = await sink.claim("t", 0, 0);
    await sink.write(zombie, chunkFor(zombie, [transactionOf("a")]));
    const successor = store.connect();
    const claim = await successor.claim("t", 0, 0);
    expect(claim.nextOffset).toBe(1);
    expect(await sink.write(zombie, chunkFor(zombie, [transactionOf("b"), "poison"]))).toEqual({ kind: "fenced" });
    expect(await store.ledger("t", 0)).toMatchObject({ nextOffset: 1, stored: 1, deadLettered: 0 });
    expect(await store.deadLetters()).toEqual([]);
    expect(await successor.write(claim, chunkFor(claim, [transactionOf("b")]))).toMatchObject({ stored: 1 });
    // Not even the same process with an earlier claim.
    const again = await successor.claim("t", 0, 0);
    expect(await successor.write(claim, chunkFor(claim, [transactionOf("c")]))).toEqual({ kind: "fenced" });
    expect(await successor.write(again, chunkFor(again, [transactionOf("c")]))).toMatchObject({ stored: 1 });
  });

  promise("two consumers that both believe in it at once store nothing twice", async (store, sink) => {
    const rival = store.connect();
    const chunks = 20;
    const run = async (one: Sink): Promise<void> => {
      let claim = await one.claim("t", 0, 0);
      while (claim.nextOffset < chunks) {
        const written = await one
          .write(claim, chunkFor(claim, [transactionOf(`tx-${claim.nextOffset}`)]))
          .catch(() => undefined);
        if (written?.kind !== "written") claim = await one.claim("t", 0, 0);
      }
    };
    await Promise.all([run(sink), run(rival)]);
    expect(await store.ledger("t", 0)).toMatchObject({ nextOffset: chunks, stored: chunks, duplicates: 0 });
    expect(await store.transactions()).toHaveLength(chunks);
  });

  promise("a ledger that was lost is drawn up again from what is stored, without a double", async (store, sink) => {
    const rows = [transactionOf("a"), transactionOf("a"), transactionOf("a", { customer_id: 7 }), "poison"];
    const claim = await sink.claim("t", 0, 0);
    await sink.write(claim, chunkFor(claim, rows));
    const before = await store.ledger("t", 0);
    await store.forgetLedger();
    const anew = await sink.claim("t", 0, 0);
    expect(anew.nextOffset).toBe(0);
    await sink.write(anew, chunkFor(anew, rows));
    const after = await store.ledger("t", 0);
    expect(after).toMatchObject({ stored: 1, duplicates: 1, deadLettered: 2 });
    expect(after?.nextOffset).toBe(before?.nextOffset ?? Number.NaN);
    expect(await store.transactions()).toHaveLength(1);
    expect(await store.deadLetters()).toHaveLength(2);
  });
}
