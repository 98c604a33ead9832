import { parseArgs } from "node:util";
import { NO_FAULTS } from "#source/fault-draw.ts";
import { FAULTS_ACCEPTED, sharesOfText } from "#source/fault-shares.ts";
import type { ExpectedRun } from "./expected-run.ts";

/** What `bun run verify` prints for `--help` and after a wrong argument. */
export const USAGE = `bun run verify [--json] [--patience SECONDS] [--expect [--seed N --count N [--faults KIND:SHARE,…]]]

Reconciles a running pipeline: Kafka's offsets, the ledger, the documents and dead letters in MongoDB, and what the
sources got acknowledged. Exit code 0 only if nothing is missing and nothing is there twice, 1 if the account does not
add up, 2 if it could not be drawn up.

  --json              the account as JSON, for machines
  --patience SECONDS  how long the consumer may stand still before it counts as behind (default 30)
  --expect            also predicts from the sources' seeds what must be stored, duplicate and dead-lettered, and holds
                      it against the ledger; the sources must be paused, and their topics hold this run alone
  --seed, --count, --faults
                      predict this for the Faker source instead of asking the sources what they made
  --help              this text
`;

/** What was asked for. */
export interface VerifyArguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly patienceMs: number;
  /** `true`: ask the sources; a run: this one. */
  readonly expect: boolean | ExpectedRun;
}

/** @throws Error that says what was found and what is accepted */
export function readArguments(args: readonly string[]): VerifyArguments {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { help: flag, json: flag, expect: flag, patience: text, seed: text, count: text, faults: text },
  });
  const { seed, count, faults } = values;
  const patience = Number(values.patience ?? 30);
  if (!(patience >= 0)) throw new Error(`--patience: found ${values.patience}, accepted: seconds, 0 or more`);
  if (!values.expect && [seed, count, faults].some((value) => value !== undefined))
    throw new Error("--seed, --count and --faults say what to expect: give --expect too");
  if ((seed === undefined) !== (count === undefined) || (faults !== undefined && seed === undefined))
    throw new Error("--seed and --count go together, and --faults with them");
  const expect =
    seed === undefined || count === undefined
      ? values.expect
      : runOf(whole("--seed", seed), whole("--count", count), faults);
  return { help: values.help, json: values.json, patienceMs: patience * 1000, expect };
}

function runOf(seed: number, count: number, faults: string | undefined): ExpectedRun {
  const shares = faults === undefined ? NO_FAULTS : sharesOfFaults(faults);
  const rest = { onRequest: 0, resent: 0, failed: 0, pending: 0 };
  return { id: "faker", title: "Faker", seed, count, periods: [{ from: 0, shares }], ...rest };
}

function sharesOfFaults(text: string): ReturnType<typeof sharesOfText> {
  try {
    return sharesOfText(text);
  } catch (error) {
    throw new Error(`--faults: ${error instanceof Error ? error.message : error}, accepted: ${FAULTS_ACCEPTED}`);
  }
}

function whole(option: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new Error(`${option}: found ${text}, accepted: a whole number, 0 or more`);
}
