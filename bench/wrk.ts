import { join } from "node:path";
import type { Progress } from "../stack/progress.ts";
import { runProcess } from "./run-process.ts";

const SCRIPT = join(import.meta.dir, "peers", "post.lua");

/** What wrk measured. */
export interface Load {
  readonly perSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * wrk, an HTTP client that is not ours (Debian's package); installed where that is possible.
 *
 * @returns path of the program
 * @throws with what to do where it can't be installed
 */
export async function wrk(onProgress: Progress): Promise<string> {
  const found = Bun.which("wrk");
  if (found !== null) return found;
  if (process.getuid?.() !== 0 || Bun.which("apt-get") === null) throw new Error("wrk is missing: install it first");
  onProgress("installing wrk from Debian …");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runProcess(["apt-get", "update", "-qq"], env);
  await runProcess(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "wrk"], env);
  return Bun.which("wrk") ?? "/usr/bin/wrk";
}

/**
 * POSTs without a body over keep-alive connections, each sending its next request when it has the answer.
 *
 * @throws when an answer was another one than 201
 */
export async function post(program: string, url: string, connections: number, seconds: number): Promise<Load> {
  const options = ["--threads", "1", "--connections", String(connections), "--duration", `${seconds}s`];
  const { stdout } = await runProcess([program, ...options, "--timeout", "10s", "--script", SCRIPT, url]);
  // The script writes one line of its own: status counts of the answers and the latencies in µs.
  const line = /^result (.*)$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`wrk said nothing of use:\n${stdout}`);
  const result = JSON.parse(line) as Record<"requests" | "durationUs" | "errors" | "p50Us" | "p99Us", number>;
  if (result.errors > 0) throw new Error(`${result.errors} of ${result.requests} requests failed:\n${stdout}`);
  return {
    perSecond: result.requests / (result.durationUs / 1e6),
    requests: result.requests,
    p50Ms: result.p50Us / 1000,
    p99Ms: result.p99Us / 1000,
  };
}
