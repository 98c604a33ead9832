import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder, makeOnce } from "./cache-folder.ts";
import { findJava, type Java } from "./find-java.ts";
import type { KafkaInstallation } from "./kafka-installation.ts";
import { archiveClasses, formatStorage } from "./kafka-warm-up.ts";
import { megabytes, type Progress, seconds } from "./progress.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { StackError } from "./stack-error.ts";

const KAFKA_VERSION = "4.3.0";
const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";
const POM = join(import.meta.dir, "kafka", "pom.xml");
const PROGRESS_EVERY_MS = 2_000;

/**
 * Fetches Kafka and a Java for it where they are not in the cache yet.
 *
 * @param signal - ends a download
 * @throws StackError that names the program that is missing or failed, and what to do
 */
export async function fetchKafka(progress: Progress, signal?: AbortSignal): Promise<KafkaInstallation> {
  const started = performance.now();
  const java = await findJava(progress, signal);
  const key = createHash("sha256").update(readFileSync(POM)).digest("hex").slice(0, 8);
  const folder = join(cacheFolder(), `kafka-${KAFKA_VERSION}-${key}`);
  const jars = await makeOnce(join(folder, "jars"), (temporary) => downloadJars(java, temporary, progress, signal));
  const classpath = readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => join(jars, name))
    .join(":");
  const formattedStorage = await makeOnce(join(folder, "formatted-storage"), (temporary) =>
    formatStorage(java, classpath, temporary, signal),
  );
  const archives = await makeOnce(join(folder, `classes-java-${java.version}`), (temporary) => {
    progress("preparing a faster start …");
    return archiveClasses({ java, classpath, formattedStorage, classArchive: undefined }, temporary, signal);
  });
  const [archive] = readdirSync(archives);
  const elapsedMs = performance.now() - started;
  if (elapsedMs > 1_000) progress(`fetched (${seconds(elapsedMs)})`);
  return { java, classpath, formattedStorage, classArchive: archive && join(archives, archive) };
}

async function downloadJars(java: Java, folder: string, progress: Progress, signal?: AbortSignal): Promise<void> {
  progress(`downloading ${KAFKA_VERSION} with Maven …`);
  let bytes = 0;
  const timer = setInterval(() => progress(`${megabytes(bytes)} so far`), PROGRESS_EVERY_MS);
  try {
    await mkdir(folder, { recursive: true });
    const goal = [`${PLUGIN}:copy-dependencies`, "-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
    const result = await runProgram(["mvn", "--batch-mode", "--file", POM, ...goal], {
      cwd: dirname(POM),
      env: { JAVA_HOME: java.home },
      signal,
      onOutput: (text) => {
        bytes += downloadedBytes(text);
      },
    });
    signal?.throwIfAborted();
    if (result === undefined)
      throw new StackError(
        "Maven is needed to download Kafka\n  found: no mvn on the PATH\n  do: install it (Debian, Ubuntu: apt install maven)",
      );
    if (result.exitCode !== 0) throw mavenFailed(result.output);
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

function mavenFailed(output: string): StackError {
  const errors = output.split("\n").filter((line) => /ERROR|Error|FAILURE|Unsupported/.test(line));
  const shown = lastLines((errors.length > 0 ? errors.slice(0, 6) : output.split("\n")).join("\n"));
  return new StackError(
    `Maven can't download Kafka ${KAFKA_VERSION}\n${shown}\n` +
      "  do: check the network and ~/.m2/settings.xml, then start again; what was downloaded is kept",
  );
}
