import { PROJECT } from "./service-process.ts";

// Every test stops what it started, so that testcontainers' own cleaner, one more image to pull, is not needed.
process.env["TESTCONTAINERS_RYUK_DISABLED"] ??= "true";
// Ports are published for IPv4; on some machines `localhost` is IPv6 first.
if (process.env["DOCKER_HOST"] === undefined) process.env["TESTCONTAINERS_HOST_OVERRIDE"] ??= "127.0.0.1";

/** What a command ended with. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  /** Both streams, for messages. */
  readonly output: string;
}

/**
 * Runs `docker …` in the project's top folder.
 *
 * @throws with all that it wrote when it fails, unless `mayFail`
 */
export async function docker(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly mayFail?: boolean;
    readonly stdin?: string;
  } = {},
): Promise<Ended> {
  const child = Bun.spawn(["docker", ...args], {
    cwd: PROJECT,
    env: { ...process.env, ...options.env },
    stdin: new Blob([options.stdin ?? ""]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const exitCode = await child.exited;
  const output = stdout + stderr;
  if (exitCode !== 0 && options.mayFail !== true)
    throw new Error(`docker ${args.join(" ")} ended with ${exitCode}:\n${output}`);
  return { exitCode, stdout, output };
}

/** Why no test with containers can run here, or `undefined` where they can. */
export function whyNoContainers(): string | undefined {
  if (Bun.which("docker") === null) return "no docker is on the PATH";
  for (const [args, missing] of [
    [["version", "--format", "{{.Server.Version}}"], "no Docker engine answers"],
    [["compose", "version"], "docker has no compose"],
  ] as const) {
    if (Bun.spawnSync(["docker", ...args], { stdout: "ignore", stderr: "ignore" }).exitCode !== 0) return missing;
  }
  return undefined;
}
