import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { lastLines } from "./run-program.ts";
import type { Server, StartOptions } from "./server.ts";
import { messageOf, StackError } from "./stack-error.ts";

/** What to start and how to tell that it is ready. */
export interface ServerProcess extends StartOptions {
  readonly name: string;
  readonly command: readonly string[];
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Gets what the process writes, and what it says about a failed start is looked up in it. */
  readonly logFile: string;
  /** After this it is killed. @default 10,000 */
  readonly stopDeadlineMs?: number;
  /** @default 60,000 */
  readonly startDeadlineMs?: number;
  /** Asked again and again until it is true; `log` is what was logged since the start. An error means "not yet". */
  readonly ready: (log: () => string) => Promise<boolean> | boolean;
}

const PAUSE_MS = 20;
const LARGEST_LOG_BYTES = 20_000_000;
/** `EX_CONFIG`: the process has said what is wrong with its environment. */
const EXIT_CONFIG = 78;

/**
 * Starts a process in a group of its own, so that a Ctrl-C in the terminal does not reach it, and waits until it is
 * ready.
 *
 * @throws StackError with the last lines of its log when it dies or takes too long; the process is gone then
 */
export async function spawnServer(options: ServerProcess): Promise<Server> {
  const { name, logFile, signal } = options;
  signal?.throwIfAborted();
  const logStart = beginLog(logFile);
  const log = (): string => readLog(logFile, logStart);
  const child = spawnDetached(options);
  const server = serverOf(child, options);
  options.onSpawn?.(server);
  const deadline = performance.now() + (options.startDeadlineMs ?? 60_000);
  for (;;) {
    const state = await readiness(options, log);
    if (state === true) return server;
    const late = performance.now() > deadline;
    if (late || isGone(child) || signal?.aborted) {
      await server.stop();
      signal?.throwIfAborted();
      const said = lastLines(log());
      if (child.exitCode === EXIT_CONFIG) throw new StackError(said.replace(/^ {2}/gm, ""), EXIT_CONFIG);
      const why = late ? "was not ready in time" : `died while it started (${howItEnded(child)})`;
      const reason = state instanceof Error ? `: ${messageOf(state)}` : "";
      throw new StackError(`${name} ${why}${reason}; the end of ${logFile}:\n${said}`, 1, { cause: state });
    }
    await Promise.race([child.exited, Bun.sleep(PAUSE_MS)]);
  }
}

type Child = Bun.Subprocess<"ignore", number, number>;

function spawnDetached({ command, env, logFile }: ServerProcess): Child {
  const fd = openSync(logFile, "a");
  try {
    return Bun.spawn([...command], {
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: fd,
      stderr: fd,
      detached: true,
    });
  } finally {
    closeSync(fd);
  }
}

function serverOf(child: Child, { name, port, logFile, stopDeadlineMs = 10_000 }: ServerProcess): Server {
  const stop = async (deadlineMs = stopDeadlineMs): Promise<void> => {
    if (isGone(child)) return;
    child.kill("SIGTERM");
    // A process that is stopped (SIGSTOP) would not see the request.
    child.kill("SIGCONT");
    const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
    await child.exited;
    clearTimeout(timer);
  };
  return {
    name,
    port,
    logFile,
    pid: child.pid,
    exited: child.exited.then(() => child.exitCode),
    stop,
    kill: (signal) => child.kill(signal),
    [Symbol.asyncDispose]: () => stop(),
  };
}

function isGone(child: Child): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function howItEnded({ signalCode, exitCode }: Child): string {
  return signalCode === null ? `exit code ${exitCode}` : String(signalCode);
}

/** True, or why not yet. */
async function readiness({ ready }: ServerProcess, log: () => string): Promise<unknown> {
  try {
    return await ready(log);
  } catch (error) {
    return error;
  }
}

/** Puts a log that grew large aside. @returns where this run's part of it begins */
function beginLog(logFile: string): number {
  mkdirSync(dirname(logFile), { recursive: true });
  if (!existsSync(logFile)) return 0;
  const { size } = statSync(logFile);
  if (size <= LARGEST_LOG_BYTES) return size;
  renameSync(logFile, `${logFile}.1`);
  return 0;
}

function readLog(logFile: string, start: number): string {
  const log = readFileSync(logFile);
  return log.subarray(log.length < start ? 0 : start).toString();
}
