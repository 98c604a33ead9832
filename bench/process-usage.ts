import { readFile } from "node:fs/promises";

/** What a running process has used so far. */
export interface Usage {
  /** User and system time, in seconds. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** Clock ticks per second that Linux counts CPU time in, on every machine of today. */
const TICKS = 100;

/** Reads `/proc/PID/stat` and `status` (proc(5)). */
export async function usageOf(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold blanks: count the fields behind it; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    residentMb: (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6,
  };
}
