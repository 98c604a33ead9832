import { type TSchema, Type } from "@sinclair/typebox";
import { FAULT_KINDS, type FaultKind, type FaultShares } from "#contract/reasons.ts";
import { Problem } from "#runtime/problem.ts";
import { accept } from "#runtime/request-body.ts";
import { NO_FAULTS } from "./fault-draw.ts";

const MEANINGS: Readonly<Record<FaultKind, string>> = {
  duplicate: "the record is sent again",
  late: "the event time is 1 to 15 minutes in the past, out of order with the others",
  malformed:
    "instead of the transaction a value that is none: cut off, other bytes, a list, a wrong type, a field missing, no value",
  conflict: "after the transaction another one with the same id and another status",
  oversize: "the transaction carries 16 MiB of padding, more than MongoDB takes",
};

/** The body of `PUT /faults`. */
export const FaultSharesSchema: TSchema = Type.Object(
  Object.fromEntries(
    FAULT_KINDS.map((kind) => [
      kind,
      Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: MEANINGS[kind] })),
    ]),
  ),
  { additionalProperties: false, description: "share of each kind of fault, 0 to 1; a kind not named is 0" },
);

/** How `FAULTS` is written, for people. */
export const FAULTS_ACCEPTED: string = `kind:share with commas between them; kinds are ${FAULT_KINDS.join(", ")}; shares are 0 to 1, 1 in total at most`;

/**
 * Shares from a body.
 *
 * @throws Problem 422
 */
export function sharesOfBody(body: unknown): FaultShares {
  const shares = { ...NO_FAULTS, ...accept<Partial<FaultShares>>(FaultSharesSchema, body) };
  const total = totalOf(shares);
  if (total > 1) {
    throw new Problem(
      422,
      "not-accepted",
      "A value is not accepted",
      `the shares: found ${total} in total, accepted is 1 at most, since a transaction has one fault at most`,
    );
  }
  return shares;
}

/** Shares from the text of `FAULTS`; throws when it is not {@link FAULTS_ACCEPTED}. */
export function sharesOfText(text: string): FaultShares {
  const shares: FaultShares = { ...NO_FAULTS };
  for (const item of text.split(",")) {
    const [name = "", share = ""] = item.split(":").map((part) => part.trim());
    const kind = FAULT_KINDS.find((known) => known === name);
    if (kind === undefined) throw new Error(`${JSON.stringify(name)} is no kind of fault`);
    if (!/^(0|1|0?\.\d+|0\.\d+|1\.0+)$/.test(share)) throw new Error(`${JSON.stringify(share)} is no share`);
    shares[kind] = Number(share);
  }
  if (totalOf(shares) > 1) throw new Error(`the shares are ${totalOf(shares)} in total`);
  return shares;
}

function totalOf(shares: FaultShares): number {
  // Rounded, or 0.1 + 0.2 + 0.7 is more than 1.
  return Math.round(FAULT_KINDS.reduce((sum, kind) => sum + shares[kind], 0) * 1e9) / 1e9;
}
