import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../test/harness/until.ts";
import { keepRunning } from "./keep-running.ts";
import type { Server, StartOptions } from "./server.ts";
import { spawnServer } from "./spawn-server.ts";
import { StackError } from "./stack-error.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "keep-running-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(program: string): (options: StartOptions) => Promise<Server> {
  return (options) =>
    spawnServer({
      ...options,
      name: "part",
      port: 0,
      logFile: join(folder, "log"),
      command: ["sh", "-c", program],
      ready: (log) => log().includes("up"),
    });
}

test.each([
  ["soon after it was ready, after growing pauses", undefined, "1 s"],
  ["when it had been ready for a while, after the shortest pause", 0, "0.5 s"],
] as const)(
  "a part that is killed is reported and started again, %s, until all is given up",
  async (_, stableAfterMs, pause) => {
    const lines: string[] = [];
    const servers: Server[] = [];
    const giveUp = new AbortController();
    await keepRunning({
      start: start("echo up; exec sleep 600"),
      progress: (line) => lines.push(line),
      onSpawn: (server) => servers.push(server),
      signal: giveUp.signal,
      onHopeless: (error) => lines.push(error.message),
      ...(stableAfterMs !== undefined && { stableAfterMs }),
    });
    for (const lineCount of [2, 4]) {
      servers.at(-1)?.kill("SIGKILL");
      await until("it runs again", () => lines.length === lineCount);
    }
    expect(lines).toEqual([
      "was killed, starting it again in 0.5 s",
      `runs again (pid ${servers[1]?.pid})`,
      `was killed, starting it again in ${pause}`,
      `runs again (pid ${servers[2]?.pid})`,
    ]);
    giveUp.abort();
    await servers[2]?.stop();
    expect(servers).toHaveLength(3);
  },
);

test("a part that finds its environment wrong shows its own message, and its exit code is kept", async () => {
  const error = await start("echo 'part cannot start: PORT is wrong'; exit 78")({}).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StackError);
  expect(error).toMatchObject({ message: "part cannot start: PORT is wrong", exitCode: 78 });
});

test("a part that ignores the request to stop is killed after the deadline", async () => {
  const server = await start("trap '' TERM; echo up; while :; do sleep 0.1; done")({});
  await server.stop(200);
  expect(await server.exited).toBeNull();
});

test("a start that is given up leaves no process", async () => {
  const giveUp = new AbortController();
  const spawned = Promise.withResolvers<Server>();
  const starting = start("exec sleep 600")({ signal: giveUp.signal, onSpawn: spawned.resolve });
  const server = await spawned.promise;
  giveUp.abort();
  await expect(starting).rejects.toThrow("aborted");
  expect(await server.exited).toBeNull();
});
