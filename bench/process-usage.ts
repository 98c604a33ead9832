import { readFileSync, writeFileSync } from "node:fs";

/** What a running process has cost so far; from Linux' `/proc` (proc_pid_stat(5), proc_pid_status(5)). */
export interface Usage {
  /** User and system time since its start, in seconds, to the hundredth. */
  readonly cpuSeconds: number;
  /** Resident memory now, in MB. */
  readonly residentMb: number;
  /** The most it was since the start, or since {@link forgetPeak}, in MB. */
  readonly peakMb: number;
}

/** `USER_HZ`, which is 100 on every Linux that Bun runs on. */
const TICKS_PER_SECOND = 100;

/** @throws when there is no such process */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name in parentheses, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (name: string): number =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024) / 1e6;
  return {
    cpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND,
    residentMb: megabytes("VmRSS"),
    peakMb: megabytes("VmHWM"),
  };
}

/** Lets a process' peak begin again with what is resident now (proc_pid_clear_refs(5)). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}
