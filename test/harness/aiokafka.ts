import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../stack/run-program.ts";

const PACKAGE = "aiokafka==0.14.0";

/**
 * A Python with aiokafka, in a virtual environment of its own under the user's cache; made at the first use.
 *
 * @returns path of its `python`
 */
export async function aiokafkaPython(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(cache, "transactions-pipeline", `examples-${PACKAGE.replace("==", "-")}`);
  const python = join(folder, "bin", "python");
  if (existsSync(join(folder, "ready"))) return python;
  for (const command of [
    ["python3", "-m", "venv", folder],
    [python, "-m", "pip", "install", "-q", PACKAGE],
  ]) {
    const done = await runProgram(command);
    if (done?.exitCode !== 0) throw new Error(`${command.join(" ")} failed:\n${done?.output ?? "no such program"}`);
  }
  await Bun.write(join(folder, "ready"), PACKAGE);
  return python;
}
