import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { drawSeed } from "../source/seeded-random.ts";
import { EXIT_USAGE, messageOf, StackError } from "../stack/stack-error.ts";
import { DRILLS } from "./drills.ts";

/** What `bun run drill` was asked for. */
export interface DrillOptions {
  readonly help: boolean;
  readonly names: readonly string[];
  readonly times: number | undefined;
  readonly rate: number;
  readonly seed: number;
  readonly dataDir: string;
}

/** The text of `--help`. */
export const HELP: string = `bun run drill NAME … [--times N] [--rate N] [--seed N]

Does harm to the pipeline that bun start runs on this machine, and counts afterwards whether anything was lost or
stored twice. Exit code 0 only if nothing was, and if the harm could have done any.

${Object.entries(DRILLS)
  .map(([name, { what }]) => `  ${name.padEnd(16)} ${what}`)
  .join("\n")}
  ${"all".padEnd(16)} all of them, one after the other

  --times N        how often each harm is done (default 1, kill-consumer 3)
  --rate N         transactions per second meanwhile, from Faker (default 5000)
  --seed N         the moments of the harm are drawn from it; shown at the end, to repeat a run
  --data-dir DIR   where that bun start keeps its data (default .data)
  --help           this text
`;

const MOST_TIMES = 1_000;
const HIGHEST_RATE = 100_000;
const PROJECT = resolve(import.meta.dir, "..");

/** @throws StackError with exit code 64 that says what was found and what is accepted */
export function readOptions(args: string[]): DrillOptions {
  const { values, positionals } = parse(args);
  const known = [...Object.keys(DRILLS), "all"];
  const wrong = positionals.filter((name) => !known.includes(name));
  if (!values.help && (wrong.length > 0 || positionals.length === 0)) {
    const found = wrong.length > 0 ? `no drill ${wrong.join(", ")}` : "no drill was named";
    throw new StackError(`${found}; there are: ${known.join(", ")}`, EXIT_USAGE);
  }
  return {
    help: values.help ?? false,
    names: positionals.includes("all") ? Object.keys(DRILLS) : positionals,
    times: values.times === undefined ? undefined : whole("times", values.times, 1, MOST_TIMES),
    rate: whole("rate", values.rate ?? "5000", 0, HIGHEST_RATE),
    seed: values.seed === undefined ? drawSeed() : whole("seed", values.seed, 0, Number.MAX_SAFE_INTEGER),
    dataDir: resolve(values["data-dir"] ?? join(PROJECT, ".data")),
  };
}

/** @throws StackError unless the text is a whole number between the two */
export function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new StackError(`--${name}: found ${text}, accepted is a whole number, ${least} to ${most}`, EXIT_USAGE);
}

function parse(args: string[]): ReturnType<typeof parseStrictly> {
  try {
    return parseStrictly(args);
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n\n${HELP}`, EXIT_USAGE);
  }
}

// A function of its own for its inferred type.
const parseStrictly = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      times: { type: "string" },
      rate: { type: "string" },
      seed: { type: "string" },
      "data-dir": { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
