import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { SOURCES, type Source } from "#contract/sources.ts";
import type { Server, StartOptions } from "./server.ts";
import { spawnServer } from "./spawn-server.ts";
import { StackError } from "./stack-error.ts";

/** A service's folder. */
export type ServiceName = Source["service"] | "consumer" | "dashboard";

/** All services in the order in which they are started. */
export const SERVICES: readonly ServiceName[] = ["consumer", ...SOURCES.map(({ service }) => service), "dashboard"];

/**
 * Options of Bun's JavaScript engine (JavaScriptCore) for a service's process; what the caller set wins. At a low rate the
 * consumer's functions get hot one after the other, and for each the last of the compilers (FTL) takes a core that MongoDB
 * needs just then. Here a function has to run about fifteen times as often before it is compiled like that, which at a
 * high rate is soon the case.
 *
 * The third: at a low rate a timer had garbage collected nearly three times a second for about 2 ms each, and whatever
 * came just then had to wait. The timer weighs the last collection's time against the garbage since; with a twelfth of the
 * default weight it lets more of it come together, and collects half as often.
 */
export const ENGINE_OPTIONS: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>> = {
  consumer: {
    BUN_JSC_thresholdForFTLOptimizeAfterWarmUp: "1000000",
    BUN_JSC_thresholdForFTLOptimizeSoon: "20000",
    BUN_JSC_percentCPUPerMBForEdenTimer: "0.0002",
  },
};

/** How to start a service. */
export interface ServiceOptions extends StartOptions {
  readonly name: ServiceName;
  readonly port: number;
  readonly logFile: string;
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
}

const PROJECT = resolve(import.meta.dir, "..");
const PROBE_DEADLINE_MS = 1_000;

/**
 * Starts `bun SERVICE/main.ts` and waits until it is ready to do its work.
 *
 * @throws StackError with what it said, and with exit code 78 when its environment is wrong
 */
export function startService(options: ServiceOptions): Promise<Server> {
  const { name, port } = options;
  const main = join(PROJECT, name, "main.ts");
  if (!existsSync(main)) throw new StackError(`${name} is missing: no ${main}`);
  return spawnServer({
    ...options,
    command: [process.execPath, main],
    env: { ...engineOptions(name, process.env), ...options.env, PORT: String(port) },
    startDeadlineMs: 30_000,
    ready: () => isReady(port),
  });
}

/** A service's engine options; those that the caller's environment sets win, as every variable does. */
export function engineOptions(
  name: ServiceName,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const given = Object.entries(environment).filter(([option, value]) => option.startsWith("BUN_JSC_") && value);
  return { ...ENGINE_OPTIONS[name], ...(Object.fromEntries(given) as Record<string, string>) };
}

async function isReady(port: number): Promise<boolean> {
  const url = `http://127.0.0.1:${port}/readyz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_DEADLINE_MS) });
  if (answer.ok) return true;
  throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
}
