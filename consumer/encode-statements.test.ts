import { expect, test } from "bun:test";
import fc from "fast-check";
import { BSON } from "mongodb";
import { BsonWriter } from "./bson-writer.ts";
import { encodeStatements } from "./encode-statements.ts";
import { NamesOfSecond } from "./largest-names.ts";
import { stepOf } from "./ledger.ts";
import { rollupUpdate } from "./rollup-update.ts";
import type { UpdateStatement } from "./update-many.ts";

/** Kind of the section, its size, and its name. */
const BEFORE_THE_STATEMENTS = 1 + 4 + "updates\0".length;

function ours(statements: readonly UpdateStatement[]): Buffer {
  const { chunks } = encodeStatements(new BsonWriter(), statements);
  return Buffer.concat(chunks).subarray(BEFORE_THE_STATEMENTS);
}

const drivers = (statements: readonly UpdateStatement[]): Buffer =>
  Buffer.concat(statements.map((statement) => BSON.serialize(statement, { ignoreUndefined: true })));

test("statements are byte for byte what the driver's serializer gives", () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).map((text) => text.replaceAll("\0", "␀"));
  const item = fc.oneof(
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    name,
    fc.date({ noInvalidDate: true }),
  );
  const u = fc.record({
    $inc: fc.array(fc.tuple(name, item)).map((entries) => new Map(entries)),
    $set: fc.dictionary(name, item),
    $push: fc.record({ samples: fc.record({ $each: fc.array(name), $slice: fc.integer() }) }),
  });
  const statement = fc.record({ q: fc.dictionary(name, item), u, upsert: fc.option(fc.boolean(), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(statement), (statements) => {
      const made = statements as UpdateStatement[];
      expect(ours(made)).toEqual(drivers(made));
    }),
    { numRuns: 500 },
  );
});

test("the statements of a transaction too, far into a log", () => {
  const claim = { topic: "t", partition: 7, epoch: 3, nextOffset: 5_000_000_000 };
  const counters = { stored: 2_000, duplicates: 0, deadLettered: 1, absent: 0 };
  const outcome = { ...counters, stored: [] };
  const chunk = { topic: "t", partition: 7, source: "faker" } as const;
  const { id, update } = rollupUpdate(chunk, outcome, 1_769_860_800_123, new NamesOfSecond());
  const statements = [
    stepOf({ claim, move: { nextOffset: 5_000_002_001, ...counters } }),
    { q: { _id: id }, u: update, upsert: true },
  ];
  expect(ours(statements)).toEqual(drivers(statements));
});
