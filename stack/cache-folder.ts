import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { messageOf, StackError } from "./stack-error.ts";

const ABANDONED_MS = 3_600_000;

/** Where downloads are kept for all checkouts of a user: `$XDG_CACHE_HOME` or `~/.cache`, then `transactions-pipeline`. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, HOME } = process.env;
  return resolve(XDG_CACHE_HOME || join(HOME || homedir(), ".cache"), "transactions-pipeline");
}

/**
 * Makes a folder of the cache once. It is filled under another name and renamed when it is complete, so that
 * neither a killed run nor two runs at once leave half a folder behind.
 *
 * @param fill - puts everything into the folder it is given
 * @returns the folder
 */
export async function makeOnce(folder: string, fill: (temporary: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  const temporary = temporaryBeside(folder);
  try {
    await fill(temporary);
    moveUnlessThere(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

function temporaryBeside(folder: string): string {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    removeAbandoned(folder);
    return mkdtempSync(`${folder}.tmp-`);
  } catch (error) {
    throw new StackError(
      `the cache ${dirname(folder)} can't be written (${messageOf(error)}); make it writable or set XDG_CACHE_HOME to a folder that is`,
      1,
      { cause: error },
    );
  }
}

/** What runs left that were killed while they filled a folder. */
function removeAbandoned(folder: string): void {
  for (const name of readdirSync(dirname(folder))) {
    const path = join(dirname(folder), name);
    const isOld = (): boolean => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < Date.now() - ABANDONED_MS;
    if (name.startsWith(`${basename(folder)}.tmp-`) && isOld()) rmSync(path, { recursive: true, force: true });
  }
}

function moveUnlessThere(temporary: string, folder: string): void {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    // Another run was faster, and what it made is as good.
    if (!existsSync(folder)) throw error;
  }
}
