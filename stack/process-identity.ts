import { readFileSync } from "node:fs";

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in whatever form this system tells it; compared, never read. */
  readonly started: string;
}

/** @returns undefined when there is no such process (a zombie is none) */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === "linux" ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process still runs, and not another that got its number. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
  return identify(pid)?.started === started;
}

/** Sends a signal to that very process. @returns whether it was there */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, name);
  } catch {
    return false;
  }
}

/** Parent and command line, for telling a wrapper (npx, bun run) from anything else. Linux only. */
export function ancestry(pid: number): { parent: number; command: string } | undefined {
  try {
    const parent = Number(fieldsOf(pid)[1]);
    return { parent, command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() };
  } catch {
    return undefined;
  }
}

function startedOnLinux(pid: number): string | undefined {
  try {
    const fields = fieldsOf(pid);
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    // The 22nd field: clock ticks between the boot and the start. The next boot begins at 0 again.
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** The fields of proc(5)'s `stat` from the third (state) on; the second is a name that may hold spaces and brackets. */
function fieldsOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function startedElsewhere(pid: number): string | undefined {
  const ps = Bun.spawnSync(["ps", "-o", "stat=,lstart=", "-p", String(pid)]);
  const line = ps.stdout.toString().trim();
  return line === "" || line.startsWith("Z") ? undefined : line.slice(line.indexOf(" ")).trim();
}
