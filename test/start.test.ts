import { afterEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getJson, statusOf } from "./harness/http.ts";
import { isListening } from "./harness/is-listening.ts";
import { freePortOffset } from "./harness/port-offset.ts";
import { type Child, cleanEnvironment, startChild } from "./harness/service-process.ts";
import { Hopeless, until } from "./harness/until.ts";

const PORTS = {
  producer: 8000,
  "producer-mockoon": 8001,
  consumer: 8002,
  dashboard: 5173,
  mockoon: 3001,
  kafka: 9092,
  mongo: 27017,
};
const OFFSET = await freePortOffset();
const port = (name: keyof typeof PORTS): number => PORTS[name] + OFFSET;
const url = (name: keyof typeof PORTS): string => `http://127.0.0.1:${port(name)}`;

/** Started by the test that runs now. */
const children: Child[] = [];

function bunStart(dataDir: string, rate = "30"): Child {
  const command = [process.execPath, "start", "--port-offset", String(OFFSET), "--data-dir", dataDir];
  const child = startChild(command, { ...cleanEnvironment(), RATE: rate });
  children.push(child);
  return child;
}

// A pipeline that a failed test leaves behind would hold the ports of the next one.
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.process.exitCode === null) child.process.kill("SIGTERM");
    await child.process.exited;
  }
}, 60_000);

async function untilReady(child: Child): Promise<void> {
  await until(
    "the line `ready`",
    () => {
      if (child.process.exitCode !== null)
        throw new Hopeless(`bun start exited with ${child.process.exitCode}:\n${child.output()}`);
      return /^ready .*http:/m.test(child.output());
    },
    120_000,
  );
}

async function listening(): Promise<string[]> {
  const names = Object.keys(PORTS) as (keyof typeof PORTS)[];
  const open = await Promise.all(names.map((name) => isListening(port(name))));
  return names.filter((_, index) => open[index]);
}

const stored = async (): Promise<number> =>
  (await getJson<{ totals: { stored: number } }>(`${url("consumer")}/ledger`)).totals.stored;

test("bun start runs everything, Ctrl-C leaves nothing behind, a kill -9 is recovered from, and the data stays", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "pipeline-"));
  try {
    const first = bunStart(dataDir);
    await untilReady(first);
    expect(await listening()).toEqual(Object.keys(PORTS));
    for (const name of ["producer", "producer-mockoon", "consumer", "dashboard"] as const) {
      // A first second on a busy machine may be too slow for the rate, which is said there, too.
      const unready = async (): Promise<string> => (await fetch(`${url(name)}/readyz`)).text();
      await until(`${name} is ready`, async () => {
        if ((await statusOf(`${url(name)}/readyz`)) === 200) return true;
        throw new Error(await unready());
      });
    }
    await until("transactions are stored", async () => (await stored()) > 100);

    // A second one in the same place would take the ports away from the first.
    const second = bunStart(dataDir);
    expect(await second.process.exited).not.toBe(0);
    expect(second.output()).toMatch(/another `bun start` runs in|taken/);

    first.process.kill("SIGINT");
    expect(await first.process.exited).toBe(0);
    expect(await listening()).toEqual([]);

    const third = bunStart(dataDir);
    await untilReady(third);
    const kept = await stored();
    expect(kept).toBeGreaterThan(100);
    third.process.kill("SIGKILL");
    await third.process.exited;

    const fourth = bunStart(dataDir);
    await untilReady(fourth);
    expect(fourth.output()).toMatch(/killed|left/i);
    expect(await stored()).toBeGreaterThanOrEqual(kept);
    fourth.process.kill("SIGTERM");
    expect(await fourth.process.exited).toBe(0);
    expect(await listening()).toEqual([]);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 240_000);

test("a port that is taken is named with its owner, and nothing is left half started", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "pipeline-"));
  const owner = Bun.serve({ port: port("consumer"), hostname: "127.0.0.1", fetch: () => new Response("mine") });
  try {
    const child = bunStart(dataDir);
    expect(await child.process.exited).not.toBe(0);
    expect(child.output()).toContain(`${port("consumer")}`);
    expect(child.output()).toContain(`${process.pid}`);
    expect(await listening()).toEqual(["consumer"]);
  } finally {
    await owner.stop(true);
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);

test("a wrong variable stops bun start with the service's message and exit code 78", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "pipeline-"));
  try {
    const child = bunStart(dataDir, "fast");
    expect(await child.process.exited).toBe(78);
    expect(child.output()).toMatch(/RATE +found "fast", accepted: /);
    expect(await listening()).toEqual([]);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);
