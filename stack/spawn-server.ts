import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { lastLines } from "./run-program.ts";
import type { Server } from "./server.ts";
import { StackError } from "./stack-error.ts";

/** What to start and how to tell that it is ready. */
export interface ServerProcess {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port: number;
  /** Gets what the process writes, and what it says about a failed start is looked up in it. */
  readonly logFile: string;
  /** How it wants to be asked to stop. @default "SIGTERM" */
  readonly stopSignal?: NodeJS.Signals;
  /** After this it is killed. @default 10,000 */
  readonly stopDeadlineMs?: number;
  /** @default 60,000 */
  readonly startDeadlineMs?: number;
  /** Asked again and again until it is true; `log` is what was logged since the start. An error means "not yet". */
  readonly ready: (log: () => string) => Promise<boolean> | boolean;
}

const PAUSE_MS = 20;
const LARGEST_LOG_BYTES = 20_000_000;

/**
 * Starts a process in a group of its own, so that a Ctrl-C in the terminal does not reach it, and waits until it is
 * ready.
 *
 * @throws StackError with the last lines of its log when it dies or takes too long; the process is gone then
 */
export async function spawnServer(options: ServerProcess): Promise<Server> {
  const { name, logFile, port } = options;
  const logStart = beginLog(logFile);
  const fd = openSync(logFile, "a");
  const child = Bun.spawn([...options.command], {
    env: { ...process.env, ...options.env },
    stdin: "ignore",
    stdout: fd,
    stderr: fd,
    detached: true,
  });
  closeSync(fd);
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const exited = child.exited.then(() => child.exitCode);

  const stop = async (): Promise<void> => {
    if (isGone()) return;
    // A process that is stopped (SIGSTOP) would not see the request.
    child.kill("SIGCONT");
    child.kill(options.stopSignal ?? "SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), options.stopDeadlineMs ?? 10_000);
    await child.exited;
    clearTimeout(timer);
  };

  const deadline = performance.now() + (options.startDeadlineMs ?? 60_000);
  const log = (): string => readLog(logFile, logStart);
  for (;;) {
    const state = await readiness(options, log);
    if (state === true) break;
    const late = performance.now() > deadline;
    if (isGone() || late) {
      const why = late ? "was not ready in time" : `died while it started (${child.signalCode ?? child.exitCode})`;
      child.kill("SIGKILL");
      await child.exited;
      throw new StackError(`${name} ${why}; the end of ${logFile}:\n${lastLines(log())}`, 1, { cause: state });
    }
    await Promise.race([child.exited, Bun.sleep(PAUSE_MS)]);
  }
  const kill = (signal: NodeJS.Signals): void => child.kill(signal);
  return { name, pid: child.pid, port, logFile, exited, stop, kill, [Symbol.asyncDispose]: stop };
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
