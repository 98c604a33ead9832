import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { messageOf, StackError } from "./stack-error.ts";

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
    mkdirSync(resolve(folder, ".."), { recursive: true });
    return mkdtempSync(`${folder}.tmp-`);
  } catch (error) {
    throw new StackError(
      `the cache ${resolve(folder, "..")} can't be written (${messageOf(error)}); make it writable or set XDG_CACHE_HOME to a folder that is`,
      1,
      { cause: error },
    );
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
