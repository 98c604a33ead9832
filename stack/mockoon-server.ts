import { connect } from "node:net";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";
import type { Server, StartOptions } from "./server.ts";
import { spawnServer } from "./spawn-server.ts";

/** How to start Mockoon. */
export interface MockoonOptions extends StartOptions {
  readonly port: number;
  readonly logFile: string;
  /** A Mockoon environment. @default the project's `mockoon/mock-api.json` */
  readonly environmentFile?: string;
  /** The same seed makes the same answers in the same order. */
  readonly fakerSeed?: number;
}

/** A running Mockoon. */
export interface MockoonServer extends Server {
  /** For `MOCKOON_URL`. */
  readonly url: string;
}

const PROGRAM = join(import.meta.dir, "mockoon-process.mjs");
const ENVIRONMENT = join(import.meta.dir, "..", "mockoon", "mock-api.json");
/** What Mockoon's packages ask for. */
const NEEDED_NODE = 18;

/** Starts Mockoon's server on 127.0.0.1, under Node where there is one, or else under Bun, and waits until it listens. */
export async function startMockoon(options: MockoonOptions): Promise<MockoonServer> {
  const { port, logFile, environmentFile = ENVIRONMENT, fakerSeed } = options;
  const seed = fakerSeed === undefined ? [] : [String(fakerSeed)];
  const server = await spawnServer({
    name: "mockoon",
    port,
    logFile,
    onSpawn: options.onSpawn,
    signal: options.signal,
    command: [await findRuntime(), PROGRAM, environmentFile, String(port), ...seed],
    // Times without a zone mean UTC, and Mockoon writes the local time.
    env: { TZ: "UTC" },
    stopDeadlineMs: 3_000,
    ready: (log) => log().includes("mockoon: started") && listens(port),
  });
  return { ...server, url: `http://127.0.0.1:${port}/transactions` };
}

async function findRuntime(): Promise<string> {
  const node = await runProgram(["node", "--version"]);
  const major = Number(/^v(\d+)/.exec(node?.output ?? "")?.[1] ?? 0);
  return major >= NEEDED_NODE ? "node" : process.execPath;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
