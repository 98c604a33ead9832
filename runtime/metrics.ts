import { Counter, Gauge, Registry } from "prom-client";
import type { Readiness } from "./readiness.ts";

/**
 * The registry behind `/metrics`, with the process's CPU time and memory and whether the service is ready.
 * prom-client's own default metrics are left out: they keep a 10 ms timer running, which an idle service pays for.
 *
 * @param service - label on every series
 */
export function createMetrics(service: string, readiness: Readiness): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  new Counter({
    name: "process_cpu_seconds_total",
    help: "User and system CPU time spent, in seconds",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory in bytes",
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: "process_start_time_seconds",
    help: "Start of the process, in seconds since 1970",
    registers,
  }).set(performance.timeOrigin / 1000);
  new Gauge({
    name: "ready",
    help: "1 when the service can do its work",
    registers,
    collect() {
      this.set(readiness.reasons().length === 0 ? 1 : 0);
    },
  });
  return registry;
}
