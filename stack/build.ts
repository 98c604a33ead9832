import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { megabytes, printProgress, seconds } from "./progress.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { SERVICES } from "./services.ts";
import { EXIT_USAGE, messageOf, StackError } from "./stack-error.ts";

const PROJECT = resolve(import.meta.dir, "..");
const USAGE = `bun run build [--target bun-linux-arm64] [${SERVICES.join("|")} …]`;

process.exit(await main(process.argv.slice(2)));

/** `bun run build`: each service as one executable in `dist/` that needs neither Bun nor packages. */
async function main(args: string[]): Promise<number> {
  try {
    const { target, names } = readArguments(args);
    await mkdir(join(PROJECT, "dist"), { recursive: true });
    // One after the other: a build takes all cores and about 500 MB.
    for (const name of names) await build(name, target);
    return 0;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof StackError ? error.exitCode : 1;
  }
}

async function build(name: string, target: string | undefined): Promise<void> {
  const started = performance.now();
  const outfile = join(PROJECT, "dist", name);
  const options = ["--compile", "--minify", "--bytecode", "--format=esm", "--sourcemap=linked"];
  const to = target === undefined ? [] : [`--target=${target}`];
  const command = [process.execPath, "build", ...options, ...to, `--outfile=${outfile}`, join(name, "main.ts")];
  const result = await runProgram(command, { cwd: PROJECT });
  if (result?.exitCode !== 0) throw new StackError(`${name} can't be built\n${lastLines(result?.output ?? "", 30)}`);
  // The executable holds it too; this one is only for debuggers.
  await rm(`${outfile}.map`, { force: true });
  printProgress(name)(`dist/${name}  ${megabytes(Bun.file(outfile).size)}  ${seconds(performance.now() - started)}`);
}

function readArguments(args: string[]): { target: string | undefined; names: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { target: { type: "string" } },
    });
    const unknown = positionals.find((name) => !SERVICES.some((service) => service === name));
    if (unknown !== undefined) throw new Error(`there is no service ${unknown}`);
    return { target: values.target, names: positionals.length > 0 ? positionals : SERVICES };
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n${USAGE}`, EXIT_USAGE);
  }
}
