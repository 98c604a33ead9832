import { readFileSync } from "node:fs";

/** What a process has used since its start; Linux only. */
export interface ProcessUsage {
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  /** Resident now, in MB. */
  readonly residentMb: number;
  /** The largest it was. */
  readonly peakMb: number;
}

/** Ticks of a second in /proc (USER_HZ), the same on every Linux. */
const TICKS = 100;

/**
 * Reads /proc; form: proc(5).
 *
 * @throws when the process is gone
 */
export function processUsage(pid: number): ProcessUsage {
  // The program's name may hold blanks and brackets: the fields begin behind its last bracket.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const [user, system] = [fields[11], fields[12]];
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1e3;
  return {
    cpuSeconds: (Number(user) + Number(system)) / TICKS,
    residentMb: megabytes("VmRSS"),
    peakMb: megabytes("VmHWM"),
  };
}
