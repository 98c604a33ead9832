import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { messageOf, StackError } from "./stack-error.ts";

/** Where a pipeline keeps everything. */
export interface DataDir {
  readonly path: string;
  /** The file that says what runs. */
  readonly runFile: string;
  readonly kafka: string;
  readonly mongo: string;
  /** @returns the log of a part */
  logFile(name: string): string;
  /** Deletes records, documents and logs. Nothing may run. */
  forget(): void;
}

const MARKER = ".transactions-pipeline";
const MARKER_TEXT = "`bun start` keeps its data here; `bun start --fresh` deletes kafka/, mongo/ and logs/.\n";
const OURS = ["kafka", "mongo", "logs"];

/**
 * Opens a folder for data, or makes it. A marker file says that it is ours: only then is anything in it deleted.
 *
 * @throws StackError when it can't be written, or holds something that we did not put there
 */
export function openDataDir(folder: string): DataDir {
  const path = resolve(folder);
  const marker = join(path, MARKER);
  try {
    mkdirSync(path, { recursive: true });
    const foreign = existsSync(marker) ? undefined : readdirSync(path)[0];
    if (foreign !== undefined)
      throw new StackError(
        `${path} is not a data folder of ours: it holds ${foreign} and more\n  do: name a new or an empty folder with --data-dir`,
      );
    writeFileSync(marker, MARKER_TEXT);
  } catch (error) {
    if (error instanceof StackError) throw error;
    throw new StackError(
      `the data folder ${path} can't be written (${messageOf(error)})\n  do: make it writable, or name another with --data-dir`,
      1,
      { cause: error },
    );
  }
  return {
    path,
    runFile: join(path, "run.json"),
    kafka: join(path, "kafka"),
    mongo: join(path, "mongo"),
    logFile: (name) => join(path, "logs", `${name}.log`),
    forget: () => {
      for (const name of OURS) rmSync(join(path, name), { recursive: true, force: true });
    },
  };
}
