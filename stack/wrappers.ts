import { ancestry, identify, type ProcessIdentity } from "./process-identity.ts";

/**
 * The commands that did nothing but start this process and wait for it: `bun run`, and `npx` with its shell. Whoever
 * stops one of them means this process, but npx tells nobody, and SIGKILL can't be passed on.
 */
export function findWrappers(): ProcessIdentity[] {
  // Bun sets it for a script of package.json; otherwise our parent is somebody's shell.
  if (process.env["npm_lifecycle_event"] === undefined) return [];
  const bunRun = process.ppid;
  const wrappers = [bunRun];
  const shell = ancestry(bunRun)?.parent;
  const npm = shell === undefined ? undefined : ancestry(shell)?.parent;
  if (shell !== undefined && npm !== undefined && isNpm(npm)) wrappers.push(shell, npm);
  else if (shell !== undefined && isNpm(shell)) wrappers.push(shell);
  return wrappers.flatMap((pid) => identify(pid) ?? []);
}

function isNpm(pid: number): boolean {
  return /^(npm (exec|run|start)|npx)\b|\/np[mx](-cli\.js)? /.test(ancestry(pid)?.command ?? "");
}
