import type { PartReadiness } from "#runtime/readiness.ts";

/** Tells two at once: the page, and `/readyz`. */
export function bothParts(first: PartReadiness, second: PartReadiness): PartReadiness {
  return {
    ok: () => {
      first.ok();
      second.ok();
    },
    fail: (reason) => {
      first.fail(reason);
      second.fail(reason);
    },
  };
}
