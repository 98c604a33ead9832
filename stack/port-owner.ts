import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { runProgram } from "./run-program.ts";

/** Who listens on a port; without a pid when this system doesn't tell us (another user's process). */
export interface PortOwner {
  readonly pid?: number;
  readonly command?: string;
}

/** @returns undefined when nobody listens on that TCP port of 127.0.0.1, ::1 or all addresses */
export async function portOwner(port: number): Promise<PortOwner | undefined> {
  const inodes = process.platform === "linux" ? listeningInodes(port) : [];
  if (inodes.length === 0 && (await canListen(port))) return undefined;
  const pid = process.platform === "linux" ? pidWithSocket(inodes) : await pidByLsof(port);
  return pid === undefined ? {} : { pid, command: commandOf(pid) };
}

/** `pid 1234 (python3 -m http.server 8000)` */
export function describeOwner({ pid, command }: PortOwner): string {
  return pid === undefined ? "a process of another user" : `pid ${pid}${command ? ` (${command})` : ""}`;
}

const LISTEN = "0A";
// As /proc/net/tcp and tcp6 write them: 127.0.0.1, 0.0.0.0, ::1, ::, ::ffff:127.0.0.1
const LOCAL = new Set([
  "0100007F",
  "00000000",
  "00000000000000000000000001000000",
  "00000000000000000000000000000000",
  "0000000000000000FFFF00000100007F",
]);

function listeningInodes(port: number): string[] {
  const inodes: string[] = [];
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of textOf(table).split("\n").slice(1)) {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      const [address = "", hexPort = ""] = local.split(":");
      if (state === LISTEN && Number.parseInt(hexPort, 16) === port && LOCAL.has(address) && inode !== undefined)
        inodes.push(inode);
    }
  }
  return inodes;
}

function pidWithSocket(inodes: readonly string[]): number | undefined {
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  for (const pid of namesIn("/proc").filter((name) => /^\d+$/.test(name)))
    for (const fd of namesIn(`/proc/${pid}/fd`)) if (sockets.has(linkOf(`/proc/${pid}/fd/${fd}`))) return Number(pid);
  return undefined;
}

async function pidByLsof(port: number): Promise<number | undefined> {
  const result = await runProgram(["lsof", "-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-t"]);
  const pid = Number.parseInt(result?.output ?? "", 10);
  return Number.isNaN(pid) ? undefined : pid;
}

function commandOf(pid: number): string {
  if (process.platform !== "linux")
    return Bun.spawnSync(["ps", "-o", "command=", "-p", String(pid)])
      .stdout.toString()
      .trim();
  return textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim().slice(0, 120);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

// Processes and their files come and go while they are read: what is gone counts as empty.
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
