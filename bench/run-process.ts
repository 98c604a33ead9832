import { endWithUs } from "../test/harness/end-with-us.ts";

/** What a finished process cost. */
export interface Finished {
  readonly stdout: string;
  /** User and system time of the process itself, in seconds. */
  readonly cpuSeconds: number;
  /** Largest resident size, in MB. */
  readonly peakMb: number;
}

/**
 * Runs a command to its end.
 *
 * @throws when it exits with another code than 0, with what it wrote
 */
export async function runProcess(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = endWithUs(
    Bun.spawn([...command], {
      env: { ...process.env, ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    }),
  );
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0)
    throw new Error(`${command.join(" ")} exited with ${child.exitCode}:\n${stdout}${stderr}`);
  const usage = child.resourceUsage();
  return { stdout, cpuSeconds: Number(usage?.cpuTime.total ?? 0) / 1e6, peakMb: (usage?.maxRSS ?? 0) / 1e6 };
}
