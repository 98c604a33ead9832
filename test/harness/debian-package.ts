import { printProgress } from "../../stack/progress.ts";

const say = printProgress("test");

/** A program that some tests need and that Debian has. */
export interface DebianPackage {
  readonly name: string;
  /** Whether the program is here. */
  readonly isThere: () => boolean;
  /** The tests that need it: `the tests of the page`. */
  readonly tests: string;
  /** What a person can do instead. */
  readonly otherwise: string;
}

/** Installs Debian's packages where that is possible; otherwise says in one line which tests are skipped. */
export async function ensureDebianPackages(packages: readonly DebianPackage[]): Promise<void> {
  const missing = packages.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && Bun.which("apt-get") !== null) {
    const names = missing.map(({ name }) => name);
    say(`installing Debian's ${names.join(" and ")} …`);
    for (const command of [
      ["apt-get", "update", "-qq"],
      ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...names],
    ]) {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      const child = Bun.spawn(command, { stdout: "ignore", stderr: "inherit", env });
      if ((await child.exited) !== 0) break;
    }
  }
  for (const { name, isThere, tests, otherwise } of missing) {
    if (!isThere()) say(`skipped: ${tests}, since no ${name} is here (${otherwise})`);
  }
}
