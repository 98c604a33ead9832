import { cpSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { runProgram } from "../../stack/run-program.ts";
import { endWithUs, removeFolder, temporaryFolder } from "../harness/end-with-us.ts";
import { startSharedServers } from "../harness/servers.ts";
import { MUTATED } from "./mutations.ts";

const PROJECT = resolve(import.meta.dir, "../..");
/** A test that hangs has noticed, too. */
const LONGEST_MS = 180_000;

process.exit(await main(process.argv.slice(2)));

/** `bun run mutate [PATTERN …]`: breaks a copy of the project in one place at a time; the tests must fail each time. */
async function main(patterns: readonly string[]): Promise<number> {
  const chosen = MUTATED.filter(({ path }) => patterns.length === 0 || patterns.some((part) => path.includes(part)));
  const copy = await copyOfProject();
  await using servers = await startSharedServers();
  const survivors: string[] = [];
  let count = 0;
  try {
    for (const { path, tests, breaks } of chosen) {
      const whole = await Bun.file(join(PROJECT, path)).text();
      if (!(await passes(copy, tests, servers.env)))
        throw new Error(`${tests.join(", ")} fails although nothing is broken`);
      for (const [from, to] of breaks) {
        if (!whole.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
        await Bun.write(
          join(copy, path),
          whole.replace(from, () => to),
        );
        const survived = await passes(copy, tests, servers.env);
        const what = `${path}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`;
        process.stdout.write(`${survived ? "SURVIVED" : "caught  "}  ${what}\n`);
        if (survived) survivors.push(what);
        count++;
      }
      await Bun.write(join(copy, path), whole);
    }
  } finally {
    removeFolder(copy);
  }
  process.stdout.write(`\n${count - survivors.length} of ${count} caught\n`);
  return survivors.length === 0 ? 0 : 1;
}

async function copyOfProject(): Promise<string> {
  const copy = temporaryFolder("pipeline-mutants-");
  const listed = await runProgram(["git", "ls-files", "--cached", "--others", "--exclude-standard"], { cwd: PROJECT });
  for (const file of listed?.output.trim().split("\n") ?? []) {
    // A file that was removed, but not from the index yet, has nothing to copy.
    if (await Bun.file(join(PROJECT, file)).exists()) cpSync(join(PROJECT, file), join(copy, file));
  }
  symlinkSync(join(PROJECT, "node_modules"), join(copy, "node_modules"));
  return copy;
}

async function passes(cwd: string, tests: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> {
  // With `--bail` it would end at once, and leave behind the servers that a file has for itself.
  const command = [process.execPath, "test", "--timeout=30000", ...tests];
  const quiet = { stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;
  const child = Bun.spawn(command, { cwd, env: { ...process.env, ...env }, ...quiet });
  // By a signal that it hears, for its own servers and folders.
  endWithUs({ exited: child.exited, kill: () => child.kill("SIGTERM") });
  const timers = [
    setTimeout(() => child.kill("SIGTERM"), LONGEST_MS),
    // A loop that waits for nothing hears of none.
    setTimeout(() => child.kill("SIGKILL"), LONGEST_MS + 10_000),
  ];
  const exitCode = await child.exited;
  for (const timer of timers) clearTimeout(timer);
  return exitCode === 0;
}
