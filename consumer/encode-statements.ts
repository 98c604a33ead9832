import { DocumentSequence } from "mongodb/lib/cmap/commands.js";
import type { BsonWriter } from "./bson-writer.ts";
import type { UpdateStatement } from "./update-many.ts";

/** The statements of an `update` command as BSON, behind what the writer holds; valid until it is rewound. */
export function encodeStatements(writer: BsonWriter, statements: readonly UpdateStatement[]): DocumentSequence {
  const first = writer.length;
  for (const { q, u, upsert } of statements) {
    const statement = writer.begin();
    writer.value("q", q);
    writer.value("u", u);
    if (upsert !== undefined) writer.value("upsert", upsert);
    writer.end(statement);
  }
  const sequence = new DocumentSequence("updates");
  sequence.push(undefined, writer.bytesFrom(first));
  return sequence;
}
