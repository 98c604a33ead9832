import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { drawSeed } from "../../source/seeded-random.ts";
import { EXIT_USAGE, messageOf, StackError } from "../../stack/stack-error.ts";
import { whole } from "../options.ts";

/** What `bun run soak` was asked for. */
export interface SoakOptions {
  readonly help: boolean;
  readonly minutes: number;
  readonly rate: number;
  readonly seed: number;
  readonly dataDir: string;
  /** Where the report goes. */
  readonly report: string;
}

/** The text of `--help`. */
export const SOAK_HELP = `bun run soak [--minutes N] [--rate N] [--seed N]

Loads the pipeline that bun start runs on this machine, kills the consumer with SIGKILL once a minute, and watches
memory, latency and the ledger. Writes report.md and report.svg; exit code 0 only if nothing was lost or stored twice.

  --minutes N      how long (default 30)
  --rate N         transactions per second, from Faker (default 5000)
  --seed N         the moments of the kills are drawn from it
  --data-dir DIR   where that bun start keeps its data (default .data)
  --report DIR     where the report goes (default soak-report)
  --help           this text
`;

const PROJECT = resolve(import.meta.dir, "..", "..");
const MOST_MINUTES = 7 * 24 * 60;
const HIGHEST_RATE = 100_000;

/** @throws StackError with exit code 64 that says what was found and what is accepted */
export function readSoakOptions(args: string[]): SoakOptions {
  const values = parse(args);
  return {
    help: values.help ?? false,
    minutes: whole("minutes", values.minutes ?? "30", 1, MOST_MINUTES),
    rate: whole("rate", values.rate ?? "5000", 1, HIGHEST_RATE),
    seed: values.seed === undefined ? drawSeed() : whole("seed", values.seed, 0, Number.MAX_SAFE_INTEGER),
    dataDir: resolve(values["data-dir"] ?? join(PROJECT, ".data")),
    report: resolve(values.report ?? join(PROJECT, "soak-report")),
  };
}

function parse(args: string[]): ReturnType<typeof parseStrictly> {
  try {
    return parseStrictly(args);
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n\n${SOAK_HELP}`, EXIT_USAGE);
  }
}

// A function of its own for its inferred type.
const parseStrictly = (args: string[]) =>
  parseArgs({
    args,
    options: {
      minutes: { type: "string" },
      rate: { type: "string" },
      seed: { type: "string" },
      "data-dir": { type: "string" },
      report: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  }).values;
