import { type MongoClient, MongoError, MongoServerError } from "mongodb";
import { verdictOf } from "./mongo-verdict.ts";
import { SinkUnavailable } from "./sink.ts";

/**
 * What to throw for whatever went wrong on the way to MongoDB: the chunk is kept and written again. Only what is no
 * error of MongoDB's at all, a mistake of ours, stays as it is.
 */
export function unavailable(error: unknown, client: MongoClient): unknown {
  if (error instanceof SinkUnavailable) return error;
  if (verdictOf(error) === "fatal" && !(error instanceof MongoServerError)) return error;
  return new SinkUnavailable(reasonOf(error, client), { cause: error });
}

/** What the driver says, and where, which it does not say of a connection that breaks. */
export function reasonOf(error: unknown, { options: { hosts } }: MongoClient): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof MongoServerError) return `${message} (${error.codeName ?? error.code})`;
  const addresses = hosts.map(String);
  if (!(error instanceof MongoError) || addresses.some((address) => message.includes(address))) return message;
  return `${message} (MongoDB at ${addresses.join(", ")})`;
}
