import { dirname, join, resolve } from "node:path";
import { endWithUs } from "./end-with-us.ts";
import { Hopeless, until } from "./until.ts";

/** The project's top folder. */
export const PROJECT: string = resolve(import.meta.dir, "../..");

/** A service as a process of its own, as a person would start it. */
export interface ServiceProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Everything it wrote so far. */
  logs(): string;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, then waits. @returns the exit code */
  stop(): Promise<number>;
  readonly exited: Promise<number>;
}

/** A child process with its output. */
export interface Child {
  readonly process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  output(): string;
}

/** Starts a command and keeps what it writes. */
export function startChild(
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string = PROJECT,
): Child {
  const child = endWithUs(
    Bun.spawn([...command], { cwd, env: { ...env }, stdin: "ignore", stdout: "pipe", stderr: "pipe" }),
  );
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
  };
  void collect(child.stdout);
  void collect(child.stderr);
  return { process: child, output: () => output };
}

/** Names the folder of the executables that `bun run test` has built. */
export const EXECUTABLES = "TEST_EXECUTABLES";

/** A service's executable where this very project's were built for this run, its source otherwise. */
export function commandOf(name: string): string[] {
  const folder = process.env[EXECUTABLES];
  const isOurs = folder !== undefined && dirname(folder) === PROJECT;
  return isOurs ? [join(folder, name)] : [process.execPath, `${name}/main.ts`];
}

/** The environment of this process without the variables that the services read. */
export function cleanEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, XDG_CACHE_HOME, JAVA_HOME } = process.env;
  return { PATH, HOME, TMPDIR, XDG_CACHE_HOME, JAVA_HOME };
}

/**
 * Starts a service on a free port and waits until it listens.
 *
 * @param name - the service's folder
 * @param env - its environment, nothing else but PATH and HOME is passed on
 * @param command - what to run instead of {@link commandOf}
 */
export async function startService(
  name: string,
  env: Readonly<Record<string, string>>,
  command: readonly string[] = commandOf(name),
): Promise<ServiceProcess> {
  const child = startChild(command, { ...cleanEnvironment(), PORT: "0", LOG_FORMAT: "json", ...env });
  const { process: subprocess } = child;
  const listening = /"url":"(http:[^"]+)".*"msg":"listening"/;
  const url = await until(`${name} listens`, () => {
    if (subprocess.exitCode !== null)
      throw new Hopeless(`${name} exited with ${subprocess.exitCode}:\n${child.output()}`);
    return listening.exec(child.output())?.[1];
  });
  const stop = async (): Promise<number> => {
    if (subprocess.exitCode === null) subprocess.kill("SIGTERM");
    return subprocess.exited;
  };
  return {
    name,
    url,
    pid: subprocess.pid,
    logs: child.output,
    kill: (signal) => subprocess.kill(signal),
    stop,
    exited: subprocess.exited,
    [Symbol.asyncDispose]: async () => {
      // Whatever the test did to it (SIGSTOP, say), it must not outlive the test.
      if (subprocess.exitCode === null) subprocess.kill("SIGCONT");
      await Promise.race([stop(), Bun.sleep(12_000)]);
      if (subprocess.exitCode === null) subprocess.kill("SIGKILL");
      await subprocess.exited;
    },
  };
}
