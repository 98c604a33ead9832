/** Why a record became a dead letter: stable codes, safe for the browser. */

/** Every reason with the sentence that explains it to a person. */
export const REASONS = {
  "not-json": "the value is not JSON in UTF-8",
  "not-an-object": "the value is JSON, but not an object",
  "invalid-transaction": "a field is missing, has the wrong type or makes no sense",
  conflict: "a transaction with this id is stored already, with other content",
  empty: "the record has no value",
  "too-large": "the document would not fit into MongoDB (16 MiB)",
} as const;

/** A code from {@link REASONS}. */
export type Reason = keyof typeof REASONS;

/** What is wrong with a record. */
export interface Fault {
  readonly reason: Reason;
  /** Which field, what was found, what is accepted. */
  readonly detail: string;
}

/** The faults that a source makes on purpose, in the order in which they are drawn. */
export const FAULT_KINDS = ["duplicate", "late", "malformed", "conflict", "oversize"] as const;
/** One of {@link FAULT_KINDS}. */
export type FaultKind = (typeof FAULT_KINDS)[number];
/** The share of each kind, 0 to 1; a kind not named is 0. */
export type FaultShares = Record<FaultKind, number>;
