import { join } from "node:path";
import { freePort } from "../stack/free-port.ts";
import { endWithUs } from "../test/harness/end-with-us.ts";
import { until } from "../test/harness/until.ts";

/** A server under test. */
export interface BenchServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

const PEERS = join(import.meta.dir, "peers");

/** How uvicorn is started on the app of the original's parts. */
export function fastApiCommand(python: string, port: number): string[] {
  const server = ["-m", "uvicorn", "fastapi_app:app", "--app-dir", PEERS, "--log-level", "warning"];
  return [python, ...server, "--host", "127.0.0.1", "--port", String(port), "--backlog", "8192"];
}

/** Starts FastAPI with aiokafka under uvicorn, one process, and waits until it answers. */
export async function startFastApi(python: string, env: Readonly<Record<string, string>>): Promise<BenchServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = endWithUs(
    Bun.spawn(fastApiCommand(python, port), {
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "inherit",
    }),
  );
  await until("FastAPI answers", async () => (await fetch(`${url}/livez`)).ok);
  return {
    url,
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 3_000);
      await child.exited;
      clearTimeout(late);
    },
  };
}
