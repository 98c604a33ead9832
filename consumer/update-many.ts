import { type ClientSession, type Db, type ErrorDescription, MongoServerError } from "mongodb";

/** One statement of the server's `update` command. */
export interface UpdateStatement {
  readonly q: object;
  readonly u: object;
  readonly upsert?: boolean;
}

/**
 * Sends the server's `update` command as it is. At a low rate a transaction is a few small commands: with the driver's
 * `bulkWrite` around two of them a consumer at 1,000/s took about 5 % more CPU.
 *
 * @returns how many documents matched or were made
 * @throws what the server said against one of them
 */
export async function updateMany(
  db: Db,
  collection: string,
  updates: readonly UpdateStatement[],
  session: ClientSession,
): Promise<number> {
  const reply = await db.command({ update: collection, updates, ordered: true }, { session });
  const [first] = (reply["writeErrors"] ?? []) as ErrorDescription[];
  if (first !== undefined) throw new MongoServerError(first);
  return Number(reply["n"]);
}
