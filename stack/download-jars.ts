import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Java } from "./find-java.ts";
import { megabytes, type Progress } from "./progress.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { StackError } from "./stack-error.ts";

const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const PROGRESS_EVERY_MS = 2_000;

/** What to download. */
export interface JarsOptions {
  /** For people, such as `Kafka 4.3.0`. */
  readonly what: string;
  /** A `pom.xml` whose runtime dependencies are wanted. */
  readonly pom: string;
  readonly java: Java;
  /** Gets the jars. */
  readonly folder: string;
  readonly progress: Progress;
  /** Ends the download. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads jars with Maven.
 *
 * @throws StackError when there is no Maven, or with what it said
 */
export async function downloadJars({ what, pom, java, folder, progress, signal }: JarsOptions): Promise<void> {
  progress(`downloading ${what} with Maven …`);
  let bytes = 0;
  const timer = setInterval(() => progress(`${megabytes(bytes)} so far`), PROGRESS_EVERY_MS);
  try {
    await mkdir(folder, { recursive: true });
    const goal = [`${PLUGIN}:copy-dependencies`, "-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
    const result = await runProgram(["mvn", "--batch-mode", "--file", pom, ...goal], {
      cwd: dirname(pom),
      env: { JAVA_HOME: java.home },
      signal,
      onOutput: (text) => {
        bytes += downloadedBytes(text);
      },
    });
    signal?.throwIfAborted();
    if (result === undefined)
      throw new StackError(
        `Maven is needed to download ${what}\n  found: no mvn on the PATH\n  do: install it (Debian, Ubuntu: apt install maven)`,
      );
    if (result.exitCode !== 0) throw mavenFailed(what, result.output);
  } finally {
    clearInterval(timer);
  }
}

const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6 };

/** Adds up what Maven says: `Downloaded from central: https://… (5.9 MB at 12 MB/s)`. */
function downloadedBytes(output: string): number {
  const sizes = output.matchAll(/Downloaded from \S+ \S+ \(([\d.]+) (B|kB|MB)/g);
  return [...sizes].reduce((sum, [, size, unit = ""]) => sum + Number(size) * (UNIT_BYTES[unit] ?? 0), 0);
}

function mavenFailed(what: string, output: string): StackError {
  const errors = output.split("\n").filter((line) => /ERROR|Error|FAILURE|Unsupported/.test(line));
  const shown = lastLines((errors.length > 0 ? errors.slice(0, 6) : output.split("\n")).join("\n"));
  return new StackError(
    `Maven can't download ${what}\n${shown}\n` +
      "  do: check the network and ~/.m2/settings.xml, then start again; what was downloaded is kept",
  );
}
