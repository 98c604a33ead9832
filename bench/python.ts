import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const PACKAGES = [
  "aiokafka==0.14.0",
  "fastapi==0.165.0",
  "uvicorn[standard]==0.54.0",
  "faker==40.63.0",
  "pymongo==4.20.1",
];

/**
 * A Python with the peers' packages, in a virtual environment of its own under the user's cache; made at the first
 * use.
 *
 * @returns path of its `python`
 */
export async function peersPython(onProgress: (what: string) => void): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const key = Bun.hash(PACKAGES.join(" ")).toString(16);
  const folder = join(cache, "transactions-pipeline", `peers-${key}`);
  const python = join(folder, "bin", "python");
  if (existsSync(join(folder, "ready"))) return python;
  onProgress(`installing the Python peers: ${PACKAGES.join(", ")}`);
  await run(["python3", "-m", "venv", folder]);
  await run([python, "-m", "pip", "install", "-q", ...PACKAGES]);
  await Bun.write(join(folder, "ready"), PACKAGES.join("\n"));
  return python;
}

async function run(command: string[]): Promise<void> {
  const child = Bun.spawn(command, { stdout: "ignore", stderr: "pipe" });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")} failed:\n${complaint}`);
}
