import { isAlive, type ProcessIdentity, signal } from "./process-identity.ts";
import type { Run } from "./run-file.ts";

const PAUSE_MS = 20;
const SERVICES_DEADLINE_MS = 5_000;
const SERVERS_DEADLINE_MS = 10_000;
const SERVERS = ["kafka", "mongo"];

/** The processes of a run that still live: itself first. Never one that got the number of one that died. */
export function leftoversOf({ self, parts }: Run): ProcessIdentity[] {
  return [self, ...parts].filter(isAlive);
}

/** Stops what is left of a run that was killed: services first, so that they can still write, then the servers. */
export async function stopLeftovers({ self, parts }: Run): Promise<void> {
  // If it lives without the command around it, it must not start again what is stopped here.
  signal(self, "SIGKILL");
  const isServer = ({ name }: { name: string }): boolean => SERVERS.includes(name);
  await stopAll(
    parts.filter((part) => !isServer(part)),
    SERVICES_DEADLINE_MS,
  );
  await stopAll(parts.filter(isServer), SERVERS_DEADLINE_MS);
  // A killed process needs its time to go, too.
  while (isAlive(self)) await Bun.sleep(PAUSE_MS);
}

async function stopAll(processes: readonly ProcessIdentity[], deadlineMs: number): Promise<void> {
  for (const one of processes) {
    signal(one, "SIGTERM");
    signal(one, "SIGCONT");
  }
  const deadline = performance.now() + deadlineMs;
  while (processes.some(isAlive)) {
    if (performance.now() > deadline) for (const one of processes) signal(one, "SIGKILL");
    await Bun.sleep(PAUSE_MS);
  }
}
