import { MongoBulkWriteError, MongoError, MongoServerError } from "mongodb";

/** What to do about an error of MongoDB, told by what the server or the driver said. */
export type Verdict =
  /** Transient, or MongoDB is away: do all of it again. */
  | "retry"
  /** A document with this id is there already. */
  | "duplicate"
  /** The server will never take this document. */
  | "refused"
  /** A mistake of ours or of the set-up; trying again at once helps nobody. */
  | "fatal";

const DUPLICATE_KEY = 11_000;
/** BadValue, BSONObjectTooLarge, InvalidBSON, Overflow (nesting), DocumentValidationFailure. */
const REFUSED = new Set([2, 10_334, 22, 15, 121, 17_419, 17_420]);
/** Unauthorized, AuthenticationFailed, IllegalOperation (no replica set), InvalidNamespace. */
const FATAL = new Set([13, 18, 20, 73]);

/**
 * A network error inside a bulk write comes as `MongoBulkWriteError` without any `writeErrors`: it looks like a bulk
 * write without a mistake, and is one whose result nobody knows.
 */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof MongoBulkWriteError && [error.writeErrors].flat().length === 0) return "retry";
  if (!(error instanceof MongoError)) return "fatal";
  if (error.hasErrorLabel("TransientTransactionError") || error.hasErrorLabel("RetryableWriteError")) return "retry";
  if (!(error instanceof MongoServerError)) return "retry";
  if (error.code === DUPLICATE_KEY) return isAboutId(error) ? "duplicate" : "refused";
  if (REFUSED.has(Number(error.code))) return "refused";
  if (FATAL.has(Number(error.code))) return "fatal";
  return "retry";
}

/** A unique index that somebody else has made is a rule of theirs, and no duplicate. */
function isAboutId({ errorResponse: { keyPattern } }: MongoServerError): boolean {
  return keyPattern === undefined || Object.keys(keyPattern).join() === "_id";
}
