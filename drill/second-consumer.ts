import { resolve } from "node:path";
import { StackError } from "../stack/stack-error.ts";
import type { RunningStack } from "./running-stack.ts";

const PROJECT = resolve(import.meta.dir, "..");
const LONGEST_START_MS = 30_000;
const LONGEST_STOP_MS = 10_000;

/** A consumer of the drill's own in the same group, until it is disposed of. */
export interface SecondConsumer extends AsyncDisposable {
  readonly pid: number;
}

/** Starts one and waits until it works. */
export async function startSecondConsumer(stack: RunningStack, say: (what: string) => void): Promise<SecondConsumer> {
  const child = Bun.spawn([process.execPath, "consumer/main.ts"], {
    cwd: PROJECT,
    env: { ...stack.env, PORT: "0", LOG_FORMAT: "json", LOG_LEVEL: "info" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let output = "";
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) {
      output = (output + decoder.decode(chunk, { stream: true })).slice(-100_000);
    }
  })();
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await Promise.race([child.exited, Bun.sleep(LONGEST_STOP_MS)]);
    child.kill("SIGKILL");
    await child.exited;
  };
  const deadline = performance.now() + LONGEST_START_MS;
  while (!output.includes("partitions assigned")) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new StackError(`a second consumer could not be started:\n${output.slice(-2_000)}`);
    }
    await Bun.sleep(50);
  }
  return {
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      await stop();
      say(`the second consumer (pid ${child.pid}) has stopped`);
    },
  };
}
