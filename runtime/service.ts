import type { AnyElysia } from "elysia";
import type { Registry } from "prom-client";
import type { HttpVariables } from "./common-variables.ts";
import type { Config } from "./config.ts";
import { configFromEnvironment } from "./environment.ts";
import type { GuardOptions } from "./guard.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics } from "./metrics.ts";
import { Readiness } from "./readiness.ts";
import { RequestTraces } from "./request-traces.ts";
import type { Tracing } from "./tracing.ts";

/** What a service gets to stand on. */
export interface Ground {
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics: Registry;
  readonly guard: GuardOptions;
  /** Absent while no collector is named. */
  readonly tracing: Tracing | undefined;
  readonly traces: RequestTraces;
  readonly version: string;
  /** Adds a step to the shutdown; steps run one after the other, the last added first. */
  onStop(name: string, step: () => Promise<void> | void): void;
}

/** One service, as its `main.ts` describes it. */
export interface Service<V extends HttpVariables> {
  readonly name: string;
  readonly version: string;
  readonly variables: V;
  /** Builds the service. It must not wait for Kafka or MongoDB: connections are made while it already answers. */
  start(config: Config<V>, ground: Ground): AnyElysia;
}

/** The whole shutdown takes at most this long; what is not done by then is given up (compose waits 10 s by default). */
const STOP_DEADLINE_MS = 9_000;

/**
 * Runs a service until SIGTERM or SIGINT: configuration (exit code 78 when it is wrong), HTTP, then an ordered
 * shutdown (exit code 0, or 1 when the deadline passed).
 */
export function runService<V extends HttpVariables>(service: Service<V>): void {
  const config = configFromEnvironment(service.name, service.variables);
  // TypeScript can't see through a mapped generic type that these are among them.
  const http = config as Config<HttpVariables>;
  const endpoint = http.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) run(service, config, undefined);
  else {
    const share = http.OTEL_TRACES_SAMPLER_ARG;
    void import("./otlp-tracing.ts").then(({ startOtlpTracing }) =>
      run(service, config, startOtlpTracing({ endpoint, share, service: service.name, version: service.version })),
    );
  }
}

function run<V extends HttpVariables>(service: Service<V>, config: Config<V>, tracing: Tracing | undefined): void {
  const http = config as Config<HttpVariables>;
  const log = createLog({ service: service.name, level: http.LOG_LEVEL, format: http.LOG_FORMAT });
  const readiness = new Readiness();
  const metrics = createMetrics(service.name, readiness);
  const steps: { name: string; step: () => Promise<void> | void }[] = [];
  const token = http.API_TOKEN ?? http.API_TOKEN_FILE;
  const guard = { allowedHosts: http.ALLOWED_HOSTS, corsOrigins: http.CORS_ORIGINS, token };

  if (tracing !== undefined) steps.push({ name: "traces", step: () => tracing.stop() });
  const app = service.start(config, {
    log,
    readiness,
    metrics,
    guard,
    tracing,
    traces: new RequestTraces(tracing),
    version: service.version,
    onStop: (name, step) => steps.push({ name, step }),
  });
  try {
    app.listen({ port: http.PORT, hostname: http.HOST, reusePort: false });
  } catch (error) {
    log.fatal({ err: error }, `can't listen on ${http.HOST}:${http.PORT}`);
    process.exit(1);
  }
  log.info({ url: `http://${http.HOST}:${app.server?.port}` }, "listening");

  let stopping = false;
  const stop = async (signal: string, code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    const deadline = setTimeout(() => {
      log.error({ deadlineMs: STOP_DEADLINE_MS }, "the shutdown took too long and was given up");
      process.exit(1);
    }, STOP_DEADLINE_MS);
    deadline.unref();
    for (const { name, step } of steps.reverse()) {
      try {
        await step();
      } catch (error) {
        log.error({ err: error, step: name }, "a step of the shutdown failed");
      }
    }
    await app.server?.stop(true);
    log.info("stopped");
    process.exit(code);
  };
  // As PID 1 a process gets no default handlers: without these SIGTERM would do nothing in a container.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal, 0));
  // A service that is in an unknown state must not go on; whoever runs it starts it again.
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "unexpected error");
    void stop("uncaughtException", 1);
  });
  process.on("unhandledRejection", (error) => {
    log.fatal({ err: error }, "unexpected rejection");
    void stop("unhandledRejection", 1);
  });
}
