import { SOURCES } from "#contract/sources.ts";
import { followLog } from "./follow-log.ts";
import { printProgress, seconds } from "./progress.ts";
import type { OwnRun } from "./run-file.ts";
import type { Server } from "./server.ts";

/** What is stopped together, in this order: sources, then who reads what they sent, then what holds it. */
const ORDER: readonly (readonly string[])[] = [
  SOURCES.map(({ service }) => service),
  ["consumer"],
  ["dashboard"],
  ["mockoon"],
  ["kafka", "mongo"],
];
/** How long a step may take; together with the killing less than 15 s. */
const STEP_DEADLINES_MS = [4_000, 5_000, 1_000, 500, 4_000];

/** All processes that this run started and that still run. */
export class RunningParts {
  readonly #run: OwnRun;
  readonly #servers = new Set<Server>();

  constructor(run: OwnRun) {
    this.#run = run;
  }

  get size(): number {
    return this.#servers.size;
  }

  /**
   * Takes a process in as soon as it exists.
   *
   * @param onLine - gets what it writes from now on
   */
  add(server: Server, onLine?: (line: string) => void): void {
    this.#servers.add(server);
    this.#run.add(server);
    const unfollow = followLog(server.logFile, onLine);
    void server.exited.then(() => {
      unfollow();
      this.#servers.delete(server);
      this.#run.remove(server.pid);
    });
  }

  /** Stops everything in order. What does not stop in time is killed. */
  async stop(): Promise<void> {
    for (const [index, names] of ORDER.entries()) {
      const step = [...this.#servers].filter(({ name }) => names.includes(name));
      const deadlineMs = STEP_DEADLINES_MS[index] ?? 0;
      await Promise.all(step.map((server) => stopOne(server, deadlineMs)));
    }
  }

  /** Kills everything at once. */
  async kill(): Promise<void> {
    const servers = [...this.#servers];
    for (const server of servers) server.kill("SIGKILL");
    await Promise.all(servers.map(({ exited }) => exited));
  }
}

async function stopOne(server: Server, deadlineMs: number): Promise<void> {
  const began = performance.now();
  await server.stop(deadlineMs);
  if (performance.now() - began >= deadlineMs)
    printProgress(server.name)(`did not stop within ${seconds(deadlineMs)} and was killed`);
}
