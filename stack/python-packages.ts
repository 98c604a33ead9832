import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import type { Progress } from "./progress.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { StackError } from "./stack-error.ts";

/**
 * A Python with packages, in a virtual environment of its own under the user's cache; made at the first use, and again
 * when a version changes.
 *
 * @param name - what they are for, part of the folder's name
 * @param packages - as pip takes them, with exact versions
 * @returns path of its `python`
 * @throws StackError with what Python or pip said
 */
export async function pythonWith(name: string, packages: readonly string[], onProgress: Progress): Promise<string> {
  const key = Bun.hash(packages.join(" ")).toString(16);
  const folder = join(cacheFolder(), `${name}-${key}`);
  const python = join(folder, "bin", "python");
  if (existsSync(join(folder, "ready"))) return python;
  onProgress(`installing with pip: ${packages.join(", ")}`);
  await run(["python3", "-m", "venv", folder]);
  await run([python, "-m", "pip", "install", "-q", ...packages]);
  await Bun.write(join(folder, "ready"), packages.join("\n"));
  return python;
}

async function run(command: string[]): Promise<void> {
  const result = await runProgram(command);
  if (result?.exitCode === 0) return;
  throw new StackError(`${command.join(" ")} failed:\n${lastLines(result?.output ?? "there is no such program", 20)}`);
}
