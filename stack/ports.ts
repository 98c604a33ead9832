import { SOURCES, type Source } from "#contract/sources.ts";
import { describeOwner, portOwner } from "./port-owner.ts";
import type { ServiceName } from "./services.ts";
import { StackError } from "./stack-error.ts";

/** What listens on a port. */
export type PortName = ServiceName | "mockoon" | "kafka" | "kafka-controller" | "mongo";

/** A port for each part. */
export type Ports = Readonly<Record<PortName, number>>;

/** The TCP ports of a whole pipeline by what listens on them. */
export const PORTS: Ports = {
  ...(Object.fromEntries(SOURCES.map(({ service, port }) => [service, port])) as Record<Source["service"], number>),
  consumer: 8002,
  dashboard: 5173,
  mockoon: 3001,
  kafka: 9092,
  "kafka-controller": 9093,
  mongo: 27017,
};

/** The largest offset with which every port is still a port. */
export const LARGEST_PORT_OFFSET: number = 65_535 - Math.max(...Object.values(PORTS));

/** All ports, moved so that a second pipeline can run beside a first. */
export function portsWithOffset(offset: number): Ports {
  return Object.fromEntries(Object.entries(PORTS).map(([name, port]) => [name, port + offset])) as Ports;
}

/**
 * Makes sure that nobody listens on the ports.
 *
 * @throws StackError that names every port that is taken, and by whom
 */
export async function checkPorts(ports: Ports, names: readonly PortName[]): Promise<void> {
  const taken: string[] = [];
  for (const name of names) {
    const owner = await portOwner(ports[name]);
    if (owner !== undefined) taken.push(`port ${ports[name]} (${name}) is taken by ${describeOwner(owner)}`);
  }
  if (taken.length === 0) return;
  const it = taken.length === 1 ? "it" : "them";
  throw new StackError(`${taken.join("\n")}\n  do: stop ${it}, or use other ports: bun start --port-offset 100`);
}
