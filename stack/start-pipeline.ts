import type { DataDir } from "./data-dir.ts";
import { ensureTopics } from "./ensure-topics.ts";
import { fetchKafka } from "./fetch-kafka.ts";
import { fetchMongod } from "./fetch-mongod.ts";
import { startKafka } from "./kafka-server.ts";
import { keepRunning } from "./keep-running.ts";
import { startMockoon } from "./mockoon-server.ts";
import { startMongo } from "./mongo-server.ts";
import { type Environment, pipelineEnvironment } from "./pipeline-environment.ts";
import type { Ports } from "./ports.ts";
import { type Progress, printProgress, seconds } from "./progress.ts";
import type { RunningParts } from "./running-parts.ts";
import type { Server, StartOptions } from "./server.ts";
import { SERVICES, type ServiceName, startService } from "./services.ts";
import { severeLine } from "./severe-line.ts";
import type { StackError } from "./stack-error.ts";
import { withoutRepeats } from "./without-repeats.ts";

/** What the parts of a pipeline are started with. */
export interface PipelineContext {
  readonly dir: DataDir;
  readonly ports: Ports;
  readonly parts: RunningParts;
  /** The caller's; where it names a server, that one is used. */
  readonly environment: Environment;
  /** Aborted when all is to end; also by this, as soon as one part can't be started. */
  readonly giveUp: AbortController;
  /** A part died later and can't be started again. */
  readonly onHopeless: (error: StackError) => void;
  /** Resolves when a service's files are edited next. @default never */
  readonly nextEdit?: ((name: ServiceName) => Promise<void>) | undefined;
}

/**
 * Fetches what is missing and starts everything: servers side by side, then the topics, then the services.
 *
 * @throws what went wrong first, once nothing is in the middle of starting any more
 */
export async function startPipeline(context: PipelineContext): Promise<void> {
  await allOrNone(context.giveUp, [startKafkaAndTopics(context), startMongoPart(context), startMockoonPart(context)]);
  const env = pipelineEnvironment(context.ports, context.environment);
  await allOrNone(
    context.giveUp,
    SERVICES.map((name) => {
      const progress = printProgress(name);
      const place = { name, env, port: context.ports[name], logFile: context.dir.logFile(name) };
      const { nextEdit } = context;
      return keep(context, progress, (options) => startService({ ...place, ...options }), {
        severe: severeLine,
        ...(nextEdit && { nextEdit: () => nextEdit(name) }),
      });
    }),
  );
}

async function startKafkaAndTopics(context: PipelineContext): Promise<void> {
  const { dir, ports, environment, giveUp } = context;
  const progress = printProgress("kafka");
  if (environment["KAFKA_BROKER"]) progress(`using ${environment["KAFKA_BROKER"]} (KAFKA_BROKER is set)`);
  else {
    const kafka = await fetchKafka(progress, giveUp.signal);
    const place = { port: ports.kafka, controllerPort: ports["kafka-controller"], logFile: dir.logFile("kafka") };
    await keep(context, progress, (options) => startKafka({ kafka, dataDir: dir.kafka, ...place, ...options }));
  }
  await ensureTopics({ ...environment, ...pipelineEnvironment(ports, environment) });
}

async function startMongoPart(context: PipelineContext): Promise<void> {
  const { dir, ports, environment, giveUp } = context;
  const progress = printProgress("mongo");
  if (environment["MONGO_URI"]) {
    // Without the part that may hold a password.
    progress(`using ${environment["MONGO_URI"].replace(/\/\/[^@/]*@/, "//…@")} (MONGO_URI is set)`);
    return;
  }
  const binary = await fetchMongod(progress, giveUp.signal);
  const place = { binary, dataDir: dir.mongo, port: ports.mongo, logFile: dir.logFile("mongo") };
  await keep(context, progress, (options) => startMongo({ ...place, ...options }));
}

async function startMockoonPart(context: PipelineContext): Promise<void> {
  const { dir, ports, environment } = context;
  const progress = printProgress("mockoon");
  if (environment["MOCKOON_URL"]) progress(`using ${environment["MOCKOON_URL"]} (MOCKOON_URL is set)`);
  else {
    const place = { port: ports.mockoon, logFile: dir.logFile("mockoon") };
    await keep(context, progress, (options) => startMockoon({ ...place, ...options }));
  }
}

async function keep(
  { parts, giveUp, onHopeless }: PipelineContext,
  progress: Progress,
  start: (options: StartOptions) => Promise<Server>,
  { severe, nextEdit }: { severe?: (line: string) => string | undefined; nextEdit?: () => Promise<void> } = {},
): Promise<void> {
  const started = performance.now();
  const show = withoutRepeats(progress);
  const onLine =
    severe &&
    ((line: string): void => {
      const shown = severe(line);
      if (shown !== undefined) show(shown);
    });
  const onSpawn = (server: Server): void => parts.add(server, onLine);
  await keepRunning({ start, progress, onSpawn, signal: giveUp.signal, onHopeless, ...(nextEdit && { nextEdit }) });
  progress(`ready (${seconds(performance.now() - started)})`);
}

async function allOrNone(giveUp: AbortController, starts: readonly Promise<void>[]): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    starts.map((start) =>
      start.catch((error: unknown) => {
        failures.push(error);
        giveUp.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  giveUp.signal.throwIfAborted();
}
