/** Files that matter most, the tests that must notice, and ways to break each: a text of the file and what it becomes. */
export const MUTATED: readonly MutatedFile[] = [
  {
    path: "producer-mockoon/normalise.ts",
    tests: ["producer-mockoon/normalise.test.ts"],
    breaks: [
      ["    ...raw,\n", ""],
      ["new Date(timestampToMs(raw.timestamp)).toISOString()", "raw.timestamp"],
      ["new Date(timestampToMs(raw.timestamp))", "new Date()"],
      ["{ ...product, price: inCents(product.price) }", "product as never"],
      ["{ ...product, price", "{ price"],
      ["inCents(raw.total_amount)", "raw.total_amount as number"],
      ["inCents(raw.total_amount)", "raw.product_details.reduce((sum, p) => sum + p.quantity * Number(p.price), 0)"],
      ["Math.round(", "Math.floor("],
      ["? cents / 100", "? cents"],
      [": Number(amount)", ": cents / 100"],
    ],
  },
  {
    path: "consumer/decode.ts",
    tests: ["test/sink.test.ts"],
    breaks: [
      ["if (parsed.ok)", "if (!parsed.ok) continue;\n    if (parsed.ok)"],
      ["if (parsed.ok)", "if (parsed.ok && transactions.length < 1)"],
      ["parseTransaction(record.value)", "parseTransaction(records[0]?.value ?? null)"],
      ["id: transaction.transaction_id", 'id: String(record.key ?? "")'],
      ["transactions.push({ record", "transactions.unshift({ record"],
      ["faulty.push({ record", "faulty.unshift({ record: records[0] as ConsumedRecord"],
      ["recordCount: records.length", "recordCount: transactions.length"],
      ["recordCount: records.length", "recordCount: records.length + 1"],
      ["transactions, faulty }", "transactions, faulty: [] }"],
      ["...place, recordCount", "...place, fromOffset: 0, recordCount"],
    ],
  },
  {
    path: "consumer/plan.ts",
    tests: ["consumer/plan.test.ts"],
    breaks: [
      ["isFrom(document, record)) kept++", "false) kept++"],
      ["if (refusal !== undefined)", "if (false)"],
      ["first.set(id, decoded)", "first.set(id + record.offset, decoded)"],
      ["if (known === contentOf(transaction)) duplicates++;", "if (true) duplicates++;"],
      ["[...chunk.faulty]", "[] as FaultyRecord[]"],
      ["ingest.partition === partition && ", ""],
      ["plan.fresh.length + plan.kept", "plan.fresh.length"],
      ["absent: nextOffset - fromOffset - recordCount", "absent: 0"],
      ["duplicates: plan.duplicates", "duplicates: 0"],
      ["(reasons[fault.reason] ?? 0) + 1", "1"],
    ],
  },
  {
    path: "consumer/ledger.ts",
    tests: ["test/sink.test.ts"],
    breaks: [
      ["$inc: { epoch: 1 }", "$inc: { epoch: 0 }"],
      ["owner: this.#owner, ", ""],
      ["owner: this.#owner, session, ", "owner: this.#owner, "],
      ["firstOffset, nextOffset: firstOffset }", "firstOffset, nextOffset: 0 }"],
      ["if (left.length > 0)", "if (false)"],
      ["nextOffset: entry.nextOffset };", "nextOffset: firstOffset };"],
      ["epoch, nextOffset: from }", "nextOffset: from }"],
      ["epoch, nextOffset: from }", "epoch }"],
      ["$inc: counters", "$inc: {}"],
      ["return moved === moves.length;", "return true;"],
    ],
  },
  {
    path: "consumer/hopeful-transactions.ts",
    tests: ["test/sink.test.ts"],
    breaks: [
      ["chunks.map(stepOf)", "chunks.slice(1).map(stepOf)"],
      ["additionsOf(outcomes, now)", "additionsOf(outcomes.slice(1), now)"],
      ["startTransaction: true", "startTransaction: false"],
      ['if (moved?.["n"] !== chunks.length) return undefined;', ""],
      ["await pipeline.send([commit]);", ""],
      ["autocommit: false", "autocommit: true"],
      ["++serverSession.txnNumber", "serverSession.txnNumber"],
      ["if (tooLarge.length > 0 || bytes", "if (bytes"],
      ["documents.push(undefined, writer.bytesFrom(0));", ""],
      ["commitTransaction: 1", "abortTransaction: 1"],
    ],
  },
  {
    path: "consumer/careful-transactions.ts",
    tests: ["test/sink.test.ts"],
    breaks: [
      ["session.startTransaction(DURABLE);", "session.startTransaction({ writeConcern: { w: 0 } });"],
      ["if (plan.faulty.length > 0) await this.#park", "if (false) await this.#park"],
      ["if (missing.length > 0)", "if (missing.length > 1)"],
      ["await session.commitTransaction();", "await session.abortTransaction();"],
      ["claim.nextOffset = chunk.nextOffset;\n    return { ...writtenOf", "return { ...writtenOf"],
      ["if (tooLarge.length > 0)", "if (false)"],
      ["if (entry?.epoch !== claim.epoch)", "if (false)"],
      ["await this.#rollups.add(", "if (false) await this.#rollups.add("],
      ["duplicate: true };", "oneByOne: true };"],
      ["index: from + first.index", "index: from + first.index + 1"],
    ],
  },
  {
    path: "consumer/sink-mongo.ts",
    tests: ["test/sink.test.ts"],
    breaks: [
      ["own?.claim === claim ? own : undefined", "own"],
      ["claim.nextOffset = chunk.nextOffset;", ""],
      ["if (commitMs !== undefined)", "if (true)"],
      ["knowledge.refused.set(record, fault);", 'knowledge.refused.set(record, { ...fault, reason: "not-json" });'],
      ["if (own === undefined) return {", "if (own === undefined) throw {"],
      ["this.#sessions.set(id, { claim, session, hopeful, names: new NamesOfSecond() });", ""],
      ["stored.set(document._id, document);", 'stored.set(document._id, { ...document, status: "Pending" });'],
      ["return { ...writtenOf(move, plan), decodeMs", "return { ...writtenOf(move, plan), stored: 0, decodeMs"],
      ['if (result.kind === "fenced") return result;', ""],
      [
        "throw unavailable(error, this.#client);\n    }\n  }\n\n  /** A claim",
        "throw error;\n    }\n  }\n\n  /** A claim",
      ],
    ],
  },
];

/** A file with the ways in which it is broken, one at a time. */
export interface MutatedFile {
  readonly path: string;
  readonly tests: readonly string[];
  readonly breaks: readonly (readonly [from: string, to: string])[];
}
