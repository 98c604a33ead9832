import { afterEach, expect, test } from "bun:test";
import { leftoversOf, stopLeftovers } from "./leftovers.ts";
import { identify, type ProcessIdentity } from "./process-identity.ts";
import type { Run } from "./run-file.ts";

const children: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    await child.exited;
  }
});

function sleeper(): Bun.Subprocess {
  const child = Bun.spawn(["sleep", "600"], { stdin: "ignore" });
  children.push(child);
  return child;
}

function identityOf(child: Bun.Subprocess): ProcessIdentity {
  const identity = identify(child.pid);
  if (identity === undefined) throw new Error("it just started");
  return identity;
}

function run(self: ProcessIdentity, ...parts: { name: string; identity: ProcessIdentity }[]): Run {
  return {
    self,
    wrappers: [],
    ports: {},
    parts: parts.map(({ name, identity }) => ({ name, port: 0, ...identity })),
  };
}

test("a process that got the number of one that died is never touched", async () => {
  const [self, other] = [sleeper(), sleeper()];
  const earlier = run(
    { pid: self.pid, started: "another start" },
    { name: "kafka", identity: { pid: other.pid, started: "another start" } },
  );
  expect(leftoversOf(earlier)).toEqual([]);
  await stopLeftovers(earlier);
  expect([self.exitCode, self.signalCode, other.exitCode, other.signalCode]).toEqual([null, null, null, null]);
});

test("what is left of a killed run is found and stopped, also what was suspended", async () => {
  const [self, kafka, consumer] = [sleeper(), sleeper(), sleeper()];
  consumer.kill("SIGSTOP");
  const earlier = run(
    identityOf(self),
    { name: "kafka", identity: identityOf(kafka) },
    { name: "consumer", identity: identityOf(consumer) },
  );
  expect(leftoversOf(earlier).map(({ pid }) => pid)).toEqual([self.pid, kafka.pid, consumer.pid]);
  await stopLeftovers(earlier);
  expect(leftoversOf(earlier)).toEqual([]);
  await Promise.all([self.exited, kafka.exited, consumer.exited]);
  expect(String(self.signalCode)).toBe("SIGKILL");
  expect(String(kafka.signalCode)).toBe("SIGTERM");
});

test("a number that no process has is nobody", () => {
  expect(identify(2 ** 22 + 1)).toBeUndefined();
  expect(identify(process.pid)?.pid).toBe(process.pid);
});
