import { SOURCES } from "#contract/sources.ts";
import type { Ports } from "./ports.ts";

/** What of the environment decides about the stack itself. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the services get on top of the caller's own environment, so that they find each other. What the caller set
 * wins.
 */
export function pipelineEnvironment(ports: Ports, environment: Environment): Record<string, string> {
  const own: Record<string, string> = {
    KAFKA_BROKER: `127.0.0.1:${ports.kafka}`,
    MONGO_URI: `mongodb://127.0.0.1:${ports.mongo}/?replicaSet=rs0&directConnection=true`,
    MOCKOON_URL: `http://127.0.0.1:${ports.mockoon}/transactions`,
    ...Object.fromEntries(
      SOURCES.map(({ urlVariable, service }) => [urlVariable, `http://localhost:${ports[service]}`]),
    ),
    CONSUMER_URL: `http://localhost:${ports.consumer}`,
    CORS_ORIGINS: `http://localhost:${ports.dashboard}`,
  };
  return Object.fromEntries(Object.entries(own).filter(([name]) => !environment[name]));
}

/** The one line that says that all is there, the dashboard first. */
export function readyLine(ports: Ports): string {
  const links = [
    ["dashboard", ports.dashboard, ""],
    ...[...SOURCES.map(({ service }) => service), "consumer" as const].map(
      (service) => [service, ports[service], "/docs"] as const,
    ),
  ] as const;
  return `ready  ${links.map(([name, port, path]) => `${name} http://localhost:${port}${path}`).join(" · ")}`;
}
