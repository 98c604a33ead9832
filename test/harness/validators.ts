import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../stack/run-program.ts";

/** The official validators. Together 70 MB, so they are no dependency that everybody has to install. */
const PACKAGES = ["@asyncapi/parser@3.6.6", "@redocly/cli@2.77.0", "ajv@8.20.0", "ajv-formats@3.0.1"];

/**
 * A folder with the validators of published contracts, in the user's cache; made at the first use.
 *
 * @returns the folder, in which `bun` resolves them
 */
export async function validatorsFolder(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "transactions-pipeline", `validators-${Bun.hash(PACKAGES.join(" ")).toString(16)}`);
  if (existsSync(join(folder, "ready"))) return folder;
  mkdirSync(folder, { recursive: true });
  await Bun.write(join(folder, "package.json"), "{}");
  const added = await runProgram([process.execPath, "add", "--exact", ...PACKAGES], { cwd: folder });
  if (added?.exitCode !== 0) throw new Error(`the validators can't be installed:\n${added?.output}`);
  await Bun.write(join(folder, "ready"), PACKAGES.join("\n"));
  return folder;
}
