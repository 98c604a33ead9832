import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What lives in a process of its own. */
interface Living {
  readonly exited: Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
}

const alive = new Set<Living>();
const folders = new Set<string>();

/** Servers and services would outlive a test process that somebody ends by a signal. */
export function endWithUs<T extends Living>(started: T): T {
  alive.add(started);
  void started.exited.then(() => alive.delete(started));
  return started;
}

/** Makes a folder that is gone with this process at the latest: what a server has written may be gigabytes. */
export function temporaryFolder(prefix: string, parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, prefix));
  folders.add(folder);
  return folder;
}

/** Removes a folder with all that is in it. */
export function removeFolder(folder: string): void {
  // A server that was killed a moment ago may still have been writing.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

function endAll(): void {
  for (const started of alive) started.kill("SIGKILL");
  for (const folder of folders) {
    try {
      removeFolder(folder);
    } catch (error) {
      // Neither the other folders nor the way out of here may depend on it.
      process.stderr.write(`${folder} is left behind: ${String(error)}\n`);
    }
  }
}

// A command that ends by `process.exit` disposes of nothing.
process.once("exit", endAll);

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endAll();
    process.kill(process.pid, signal);
  });
}
