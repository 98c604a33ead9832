import { statfsSync } from "node:fs";
import { join } from "node:path";
import { fetchKafka } from "../stack/fetch-kafka.ts";
import { fetchMongod } from "../stack/fetch-mongod.ts";
import { printProgress } from "../stack/progress.ts";
import { StackError } from "../stack/stack-error.ts";
import { findChromium } from "./harness/chromium.ts";
import { type DebianPackage, ensureDebianPackages } from "./harness/debian-package.ts";
import { whyNoContainers } from "./harness/docker.ts";
import { removeFolder, temporaryFolder } from "./harness/end-with-us.ts";
import { buildExecutables } from "./harness/executables.ts";
import { Failures } from "./harness/failures.ts";
import { whyNoGo } from "./harness/go-program.ts";
import { QUICK_JAVA } from "./harness/quick-java.ts";
import { startSharedServers } from "./harness/servers.ts";
import { PROJECT } from "./harness/service-process.ts";

const say = printProgress("test");
/** Longer than any run should take: a test process that hangs is ended and counts as failed. */
const LONGEST_RUN_MS = 40 * 60_000;
/** Files at a time. Most of a test on real servers is waiting for them. */
const WORKERS = 4;
/** Milliseconds of each file, measured: the longest start first, so that none is left alone at the end. */
const TIMINGS = join(PROJECT, "test/timings.json");

/** Memory as a folder, which Linux has. */
const SHARED_MEMORY = "/dev/shm";
/** What the servers of all tests write until the end, several times over. */
const ENOUGH_MEMORY_BYTES = 6 * 1024 ** 3;

const PROGRAMS: readonly DebianPackage[] = [
  {
    name: "chromium",
    isThere: () => findChromium() !== undefined,
    tests: "the tests of the page",
    otherwise: "set CHROMIUM to one",
  },
  { name: "kcat", isThere: () => Bun.which("kcat") !== null, tests: "the example with kcat", otherwise: "install it" },
];

process.exit(await main());

/**
 * `bun run test [PATTERN …]`: fetches what is missing, starts the shared servers, runs the tests, counts. With
 * `--update-timings` it also writes down how long each file took.
 */
async function main(): Promise<number> {
  const memory = memoryFolder();
  if (memory !== undefined) process.env["TMPDIR"] = memory;
  try {
    await Promise.all([
      fetchKafka(printProgress("kafka")),
      fetchMongod(printProgress("mongo")),
      ensureDebianPackages(PROGRAMS),
    ]);
    saySkipped("with containers", whyNoContainers());
    saySkipped("of the Kubernetes manifests", whyNoGo());
    const patterns = process.argv.slice(2);
    // Hundreds of starts are worth the build, those of one file are not.
    const building = isWhole(patterns) ? buildExecutables() : Promise.resolve({});
    // Should it fail, that is told below, where there is something to stop first.
    building.catch(() => undefined);
    say("starting Kafka, MongoDB and Mockoon for the tests …");
    process.env["JAVA_TOOL_OPTIONS"] ??= QUICK_JAVA;
    await using servers = await startSharedServers();
    return await runTests(patterns, { ...servers.env, ...(await building) });
  } catch (error) {
    process.stderr.write(`${error instanceof StackError ? error.message : Bun.inspect(error)}\n`);
    return 1;
  } finally {
    if (memory !== undefined) removeFolder(memory);
  }
}

/**
 * A folder in memory for all that tests throw away, where there is enough of it: servers that promise durability wait
 * for the disk at each commit, and two dozen of them wait for each other.
 */
function memoryFolder(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY);
    return bavail * bsize >= ENOUGH_MEMORY_BYTES ? temporaryFolder("pipeline-test-", SHARED_MEMORY) : undefined;
  } catch {
    return undefined;
  }
}

/** All tests, and not those of some files. */
function isWhole(patterns: readonly string[]): boolean {
  return patterns.every((pattern) => pattern.startsWith("-"));
}

function saySkipped(tests: string, why: string | undefined): void {
  if (why !== undefined) say(`skipped: the tests ${tests}, since ${why}`);
}

async function runTests(patterns: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const folder = temporaryFolder("pipeline-report-");
  const report = join(folder, "junit.xml");
  try {
    const child = Bun.spawn(
      [
        ...[process.execPath, "test", `--parallel=${WORKERS}`, `--timings=${TIMINGS}`],
        ...["--reporter=junit", `--reporter-outfile=${report}`, ...patterns],
      ],
      { cwd: PROJECT, env: { ...process.env, ...env }, stdin: "ignore", stdout: "inherit", stderr: "pipe" },
    );
    const failures = new Failures();
    const shown = failures.passOn(child.stderr, process.stderr);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    const deadline = setTimeout(() => {
      say(`killing the tests, since they have not ended after ${LONGEST_RUN_MS / 60_000} min`);
      child.kill("SIGKILL");
    }, LONGEST_RUN_MS);
    const exitCode = await child.exited;
    clearTimeout(deadline);
    await shown;
    process.stdout.write(failures.text());
    const { passed, failed, skipped } = await countsOf(report);
    process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
    return exitCode === 0 && (failed > 0 || passed === 0) ? 1 : exitCode;
  } finally {
    removeFolder(folder);
  }
}

async function countsOf(report: string): Promise<{ passed: number; failed: number; skipped: number }> {
  const file = Bun.file(report);
  if (!(await file.exists())) return { passed: 0, failed: 1, skipped: 0 };
  const head = /<testsuites [^>]*>/.exec(await file.text())?.[0] ?? "";
  const count = (name: string): number => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const [tests, failed, skipped] = [count("tests"), count("failures") + count("errors"), count("skipped")];
  return { passed: tests - failed - skipped, failed, skipped };
}
