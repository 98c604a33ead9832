import type { PartReadiness } from "#runtime/readiness.ts";
import type { PartWatch } from "./part-states.ts";

/** Tells two at once: the page, and `/readyz`. */
export function bothParts(first: PartWatch, second: PartReadiness): PartWatch {
  return {
    ok: () => {
      first.ok();
      second.ok();
    },
    hinder: (reason) => {
      first.hinder(reason);
      second.fail(reason);
    },
    fail: (reason) => {
      first.fail(reason);
      second.fail(reason);
    },
  };
}
