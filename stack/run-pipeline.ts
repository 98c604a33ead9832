import { openDataDir } from "./data-dir.ts";
import type { Environment } from "./pipeline-environment.ts";
import { readyLine } from "./pipeline-environment.ts";
import { checkPorts, type PortName, type Ports } from "./ports.ts";
import { printProgress, seconds } from "./progress.ts";
import { RunningParts } from "./running-parts.ts";
import { SERVICES } from "./services.ts";
import { SourceEdits } from "./source-edits.ts";
import type { StackError } from "./stack-error.ts";
import { startPipeline } from "./start-pipeline.ts";
import { listenForStop, WRAPPER_GONE } from "./stop-request.ts";
import { takeFolder } from "./take-folder.ts";
import { findWrappers } from "./wrappers.ts";

/** What `bun start` was asked for. */
export interface PipelineOptions {
  readonly dataDir: string;
  readonly fresh: boolean;
  readonly ports: Ports;
  readonly environment: Environment;
  /** Start a service anew when one of its files is edited. */
  readonly watch: boolean;
}

const say = printProgress("start");

/**
 * Runs the whole pipeline until somebody asks it to stop, then stops it in order.
 *
 * @throws StackError when it can't be started, or can't go on; nothing of it runs then
 */
export async function runPipeline({ dataDir, fresh, ports, environment, watch }: PipelineOptions): Promise<void> {
  const wrappers = findWrappers();
  const stop = listenForStop(wrappers);
  const giveUp = new AbortController();
  void stop.asked.then(() => giveUp.abort());
  const hopeless = Promise.withResolvers<never>();
  const onHopeless = (error: StackError): void => hopeless.reject(error);

  const dir = openDataDir(dataDir);
  const run = await takeFolder(dir, wrappers, ports, say);
  const parts = new RunningParts(run);
  using edits = watch ? new SourceEdits() : undefined;
  let starting: Promise<void> | undefined;
  let why: string | undefined;
  try {
    await checkPorts(ports, portsNeeded(environment));
    if (fresh) {
      dir.forget();
      say(`forgot the data in ${dir.path}`);
    }
    starting = startPipeline({ dir, ports, parts, environment, giveUp, onHopeless, nextEdit: edits?.next });
    await Promise.race([starting, stop.asked, hopeless.promise]);
    if (!giveUp.signal.aborted) process.stdout.write(`${readyLine(ports)}\n`);
    why = await Promise.race([stop.asked, hopeless.promise]);
    say(`stopping (${why}) …`);
  } finally {
    giveUp.abort();
    const began = performance.now();
    await Promise.race([Promise.allSettled([starting, parts.stop()]), stop.hurry]);
    await parts.kill();
    run.end(why === WRAPPER_GONE ? why : undefined);
    if (starting !== undefined) say(`stopped (${seconds(performance.now() - began)})`);
  }
}

function portsNeeded(environment: Environment): PortName[] {
  return [
    ...SERVICES,
    ...(environment["MOCKOON_URL"] ? [] : (["mockoon"] as const)),
    ...(environment["KAFKA_BROKER"] ? [] : (["kafka", "kafka-controller"] as const)),
    ...(environment["MONGO_URI"] ? [] : (["mongo"] as const)),
  ];
}
