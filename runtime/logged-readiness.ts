import type { Log } from "./log.ts";
import type { PartReadiness } from "./readiness.ts";

/** A part whose turns are also told in the log: once when it fails, once when it works again, not every try between. */
export function loggedReadiness(part: PartReadiness, name: string, log: Log): PartReadiness {
  let failingSinceMs: number | undefined;
  return {
    ok: () => {
      part.ok();
      if (failingSinceMs === undefined) return;
      log.info({ afterMs: Math.round(performance.now() - failingSinceMs) }, `${name} works again`);
      failingSinceMs = undefined;
    },
    fail: (reason) => {
      part.fail(reason);
      if (failingSinceMs !== undefined) return;
      failingSinceMs = performance.now();
      log.warn({ reason }, `${name} fails, it is tried again until it works`);
    },
  };
}
