import { join, resolve } from "node:path";
import { StackError } from "../../stack/stack-error.ts";

const PROJECT = resolve(import.meta.dir, "../..");
const FILES = ["docker-compose.project.yml", "compose.cluster.yml"].flatMap((file) => ["-f", join(PROJECT, file)]);
const MEMBERS = ["mongo", "mongo-2", "mongo-3"];
const ELECTION_DEADLINE_MS = 60_000;

/** What a command ended with. */
interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
}

/**
 * Runs `docker …`.
 *
 * @throws StackError with what it said when it fails, unless `mayFail`
 */
export async function docker(args: readonly string[], mayFail = false): Promise<Ended> {
  const child = Bun.spawn(["docker", ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const exitCode = await child.exited;
  if (exitCode !== 0 && !mayFail) throw new StackError(`docker ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return { exitCode, stdout };
}

/** Runs `docker compose …` on the cluster. */
export function compose(...args: readonly string[]): Promise<Ended> {
  return docker(["compose", ...FILES, ...args]);
}

/** The container of a service. @throws StackError when the cluster does not run */
export async function containerOf(service: string): Promise<string> {
  const { stdout } = await compose("ps", "--all", "--quiet", service);
  const [id] = stdout.trim().split("\n");
  if (id) return id;
  throw new StackError(
    `the cluster does not run: there is no container of ${service}\n` +
      "  do: docker compose -f docker-compose.project.yml -f compose.cluster.yml up --build -d --wait",
  );
}

/** Where a service is published on this machine. */
export async function urlOf(service: string, port: number): Promise<string> {
  await containerOf(service);
  return `http://${(await compose("port", service, String(port))).stdout.trim()}`;
}

/** The service that is MongoDB's primary now, as soon as there is one. */
export async function primary(): Promise<string> {
  const giveUpAt = performance.now() + ELECTION_DEADLINE_MS;
  while (performance.now() < giveUpAt) {
    for (const member of MEMBERS) {
      const ask = ["exec", "-T", member, "mongosh", "--quiet", "--eval", "'primary=' + db.hello().primary"];
      // mongosh writes its warnings between the lines of its answer.
      const name = /^primary=([^:]+):\d+$/m.exec((await docker(["compose", ...FILES, ...ask], true)).stdout)?.[1];
      if (name && MEMBERS.includes(name)) return name;
    }
    await Bun.sleep(500);
  }
  throw new StackError(`no member of the replica set says who the primary is within ${ELECTION_DEADLINE_MS / 1_000} s`);
}
