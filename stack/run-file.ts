import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";

/** A part that runs. */
export interface RunningPart extends ProcessIdentity {
  /** `kafka`, `mongo`, `mockoon` or a service. */
  readonly name: string;
  readonly port: number;
}

/** What `.data/run.json` holds while a pipeline runs in that folder: for the next start, and for the drills. */
export interface Run {
  /** `bun start` itself. */
  readonly self: ProcessIdentity;
  /** The commands around it that end with it: `bun run`, `npx`. */
  readonly wrappers: readonly ProcessIdentity[];
  /** All ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly parts: readonly RunningPart[];
  /** Why it ended although nobody asked it to; nothing of it runs then. */
  readonly ended?: string;
}

/** @returns undefined when there is none, or none that can be read */
export function readRun(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Run;
  } catch {
    return undefined;
  }
}

/** Whether that run is really going on, and not one whose process, or the command around it, was killed. */
export function isGoingOn({ self, wrappers }: Run): boolean {
  return isAlive(self) && wrappers.every(isAlive);
}

/** Our own run in a folder: the file is there as long as anything of it may run. */
export interface OwnRun {
  add(part: { name: string; pid: number; port: number }): void;
  remove(pid: number): void;
  /**
   * The end: nothing runs any more.
   *
   * @param why - for the next start, when nobody asked this one to stop
   */
  end(why?: string): void;
}

/**
 * Takes a folder for this process.
 *
 * @returns undefined when another run was faster
 */
export function beginRun(file: string, wrappers: readonly ProcessIdentity[], ports: Run["ports"]): OwnRun | undefined {
  const self = identify(process.pid);
  if (self === undefined) throw new Error("this process can't be found among the running ones");
  let run: Run = { self, wrappers, ports, parts: [] };
  const temporary = `${file}.${process.pid}`;
  const write = (): void => writeFileSync(temporary, `${JSON.stringify(run, null, 2)}\n`);
  write();
  try {
    // Unlike a rename, a link fails when the name is taken.
    linkSync(temporary, file);
  } catch (error) {
    if (existsSync(file)) return undefined;
    throw error;
  } finally {
    rmSync(temporary);
  }
  const update = (change: Partial<Run>): void => {
    run = { ...run, ...change };
    write();
    renameSync(temporary, file);
  };
  return {
    add: ({ name, pid, port }) => {
      const identity = identify(pid);
      if (identity !== undefined) update({ parts: [...run.parts, { name, port, ...identity }] });
    },
    remove: (pid) => update({ parts: run.parts.filter((part) => part.pid !== pid) }),
    end: (ended) => (ended === undefined ? rmSync(file, { force: true }) : update({ parts: [], ended })),
  };
}
