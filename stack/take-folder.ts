import { rmSync } from "node:fs";
import type { DataDir } from "./data-dir.ts";
import { leftoversOf, stopLeftovers } from "./leftovers.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import type { Progress } from "./progress.ts";
import { beginRun, isGoingOn, type OwnRun, type Run, readRun } from "./run-file.ts";
import { StackError } from "./stack-error.ts";

const ATTEMPTS = 3;

/**
 * Takes a data folder for this run. What is left of one that was killed is stopped first, and said.
 *
 * @throws StackError when another run is going on there
 */
export async function takeFolder(
  dir: DataDir,
  wrappers: readonly ProcessIdentity[],
  ports: Run["ports"],
  progress: Progress,
): Promise<OwnRun> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const own = beginRun(dir.runFile, wrappers, ports);
    if (own !== undefined) return own;
    const earlier = readRun(dir.runFile);
    if (earlier !== undefined) {
      if (isGoingOn(earlier)) throw alreadyRunning(dir, earlier);
      await cleanUpAfter(earlier, progress);
    }
    rmSync(dir.runFile, { force: true });
  }
  throw new StackError(`the data folder ${dir.path} is taken by others again and again; start again`);
}

function alreadyRunning(dir: DataDir, { self }: Run): StackError {
  return new StackError(
    `another \`bun start\` runs in ${dir.path} (pid ${self.pid})\n` +
      `  do: use that one, stop it (kill ${self.pid}), or give this one a place of its own: ` +
      "bun start --data-dir other --port-offset 100",
  );
}

async function cleanUpAfter(earlier: Run, progress: Progress): Promise<void> {
  const count = leftoversOf(earlier).length;
  if (count === 0 && earlier.ended !== undefined) {
    progress(`the last run was killed (${earlier.ended}) and stopped in order: going on with its data`);
    return;
  }
  if (count === 0) {
    progress("found the traces of a run that was killed: going on with its data");
    return;
  }
  progress(`found ${count === 1 ? "1 process" : `${count} processes`} of a run that was killed: stopping them …`);
  await stopLeftovers(earlier);
  progress("they are gone: going on with their data");
}
