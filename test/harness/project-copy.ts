import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "./service-process.ts";

/** What a clone does not have. */
const OURS = /^(node_modules|\.git|\.data|\.cache|dist)$/;

/** What TypeScript found at the last `bun run check`, so that a copy of the project checks what differs. */
const TYPES = ".cache/types";

/** The project in a folder of its own, as a clone would be; it is gone when disposed of. */
export interface ProjectCopy extends Disposable {
  readonly folder: string;
}

/**
 * Copies the project.
 *
 * @param withPackages - uses the packages that are installed here; otherwise the copy has none
 */
export function copyProject(withPackages: boolean): ProjectCopy {
  const folder = mkdtempSync(join(tmpdir(), "pipeline-copy-"));
  cpSync(PROJECT, folder, { recursive: true, filter: (path) => !OURS.test(path.slice(PROJECT.length + 1)) });
  if (withPackages) {
    symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
    if (existsSync(join(PROJECT, TYPES))) cpSync(join(PROJECT, TYPES), join(folder, TYPES), { recursive: true });
  }
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
