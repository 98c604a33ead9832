import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { installPackages } from "./install-packages.ts";
import { LARGEST_PORT_OFFSET, portsWithOffset } from "./ports.ts";
import { EXIT_USAGE, messageOf, StackError } from "./stack-error.ts";

const HELP = `bun start: runs the whole pipeline on this machine, without Docker, until Ctrl-C

  --fresh            forget the data of earlier runs first
  --port-offset N    add N to every port, so that it can run beside another
  --data-dir DIR     keep the data in DIR instead of .data
  --watch            start a service anew when one of its files is edited (bun run dev)
  --help             this text

Variables of the services (RATE, SEED, FAULTS, LOG_LEVEL, API_TOKEN …) are passed on; the README lists them.
KAFKA_BROKER, MONGO_URI and MOCKOON_URL name servers to use instead of starting some.
`;

const PROJECT = resolve(import.meta.dir, "..");

async function main(args: string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    // A Bun that began without node_modules goes on taking packages from its global cache, without our patches.
    if (installPackages()) process.execve?.(process.execPath, [process.execPath, import.meta.path, ...args]);
    // Only now: it imports packages.
    const { runPipeline } = await import("./run-pipeline.ts");
    await runPipeline({ ...options, environment: process.env });
    return 0;
  } catch (error) {
    const expected = error instanceof StackError;
    process.stderr.write(`${expected ? error.message : messageOf(error)}\n`);
    return expected ? error.exitCode : 1;
  }
}

function readOptions(args: string[]): {
  help: boolean;
  fresh: boolean;
  watch: boolean;
  dataDir: string;
  ports: ReturnType<typeof portsWithOffset>;
} {
  const { values } = parse(args);
  const offset = values["port-offset"] ?? "0";
  if (!/^\d{1,5}$/.test(offset) || Number(offset) > LARGEST_PORT_OFFSET)
    throw new StackError(`--port-offset takes a number from 0 to ${LARGEST_PORT_OFFSET}, not ${offset}`, EXIT_USAGE);
  return {
    help: values.help ?? false,
    fresh: values.fresh ?? false,
    watch: values.watch ?? false,
    dataDir: resolve(values["data-dir"] ?? join(PROJECT, ".data")),
    ports: portsWithOffset(Number(offset)),
  };
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
    strict: true,
    options: {
      fresh: { type: "boolean" },
      "port-offset": { type: "string" },
      "data-dir": { type: "string" },
      watch: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });

// Whoever read our output may be gone: that is no reason not to stop in order.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
process.exit(await main(process.argv.slice(2)));
