import { createPipeline, type Pipeline, type PipelineServers } from "../harness/pipeline.ts";
import type { ServiceProcess } from "../harness/service-process.ts";

/** A whole pipeline with a dashboard that knows where the others are. */
export interface DashboardPipeline extends Pipeline {
  readonly producer: ServiceProcess;
  readonly mockoon: ServiceProcess;
  readonly consumer: ServiceProcess;
  readonly dashboard: ServiceProcess;
  /** Addresses that the dashboard was given. */
  readonly urls: Readonly<Record<string, string>>;
}

/**
 * Starts all four services; the sources send nothing yet unless `env` has a `RATE`. Of that Mockoon's source gets a
 * tenth: each of its transactions costs Mockoon six milliseconds of a core.
 */
export async function startDashboardPipeline(
  env: Readonly<Record<string, string>> = {},
  servers: PipelineServers = {},
): Promise<DashboardPipeline> {
  const pipeline = await createPipeline(servers);
  try {
    const [producer, mockoon, consumer] = await Promise.all([
      pipeline.start("producer", env),
      pipeline.start("producer-mockoon", { ...env, ...(env["RATE"] && { RATE: String(Number(env["RATE"]) / 10) }) }),
      pipeline.start("consumer", env),
    ]);
    const urls = { FAKER_URL: producer.url, MOCKOON_SOURCE_URL: mockoon.url, CONSUMER_URL: consumer.url };
    const dashboard = await pipeline.start("dashboard", { ...env, ...urls });
    return { ...pipeline, producer, mockoon, consumer, dashboard, urls };
  } catch (error) {
    await pipeline[Symbol.asyncDispose]();
    throw error;
  }
}
