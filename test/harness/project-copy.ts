import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { removeFolder, temporaryFolder } from "./end-with-us.ts";
import { PROJECT } from "./service-process.ts";

/** What a clone does not have. */
const OURS = /^(node_modules|\.git|\.data|\.cache|dist)$/;

/** What TypeScript found at the last `bun run check`, so that a copy of the project checks what differs. */
const TYPES = ".cache/types/tsconfig.tsbuildinfo";

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
  const folder = temporaryFolder("pipeline-copy-");
  cpSync(PROJECT, folder, { recursive: true, filter: (path) => !OURS.test(path.slice(PROJECT.length + 1)) });
  if (withPackages) {
    symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
    copyTypes(folder);
  }
  return { folder, [Symbol.dispose]: () => removeFolder(folder) };
}

/** The packages stay where they are: without their right place all of them would be read and checked again. */
function copyTypes(folder: string): void {
  if (!existsSync(join(PROJECT, TYPES))) return;
  const target = dirname(join(folder, TYPES));
  const found = readFileSync(join(PROJECT, TYPES), "utf8");
  const packages = relative(target, join(PROJECT, "node_modules"));
  mkdirSync(target, { recursive: true });
  writeFileSync(join(folder, TYPES), found.replaceAll('"../../node_modules/', `"${packages}/`));
}
