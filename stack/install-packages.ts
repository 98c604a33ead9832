import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

// Nothing but what Bun brings along may be imported here: there are no packages before this has run.

const PROJECT = resolve(import.meta.dir, "..");

/**
 * Installs the packages of `bun.lock` where they are missing or not the ones of this lock file. Silent, and done in a
 * few milliseconds, when there is nothing to do.
 *
 * @param project - the folder with package.json and bun.lock
 * @returns whether it installed anything
 * @throws Error with what `bun install` said
 */
export function installPackages(project: string = PROJECT): boolean {
  const stamp = join(project, "node_modules", ".installed");
  const wanted = fingerprint(project);
  if (contentOf(stamp) === wanted) return false;
  process.stdout.write(`${"packages".padEnd(16)} installing with bun …\n`);
  const started = performance.now();
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, "install", "--frozen-lockfile"], {
    cwd: project,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  if (exitCode !== 0) throw new Error(`the packages can't be installed\n${stdout}${stderr}`.trimEnd());
  mkdirSync(join(project, "node_modules"), { recursive: true });
  writeFileSync(stamp, wanted);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${"packages".padEnd(16)} ready (${seconds} s)\n`);
  return true;
}

/** Changes whenever `bun install` would have something to do. */
function fingerprint(project: string): string {
  const hash = createHash("sha256").update(Bun.version);
  for (const name of ["package.json", "bun.lock"]) hash.update(contentOf(join(project, name)) ?? "");
  for (const name of patchesIn(project)) hash.update(name).update(contentOf(join(project, "patches", name)) ?? "");
  return hash.digest("hex");
}

function patchesIn(project: string): string[] {
  try {
    return readdirSync(join(project, "patches")).sort();
  } catch {
    return [];
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  try {
    installPackages();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}
