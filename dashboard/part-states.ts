import type { PartReadiness } from "#runtime/readiness.ts";
import { PARTS, type Part, type PartState } from "./web/feed-format.ts";

/** Which parts of the pipeline work, as the page says it in words. */
export class PartStates {
  readonly #states = new Map<Part, PartState>(
    PARTS.map((part) => [part, { part, up: false, reason: "not asked yet", sinceMs: Date.now() }]),
  );

  /** In the order in which a transaction passes them. */
  all(): PartState[] {
    return [...this.#states.values()];
  }

  /** A hand for whoever watches one part. */
  of(part: Part): PartReadiness {
    return { ok: () => this.#set(part, true, ""), fail: (reason) => this.#set(part, false, reason) };
  }

  #set(part: Part, up: boolean, reason: string): void {
    const before = this.#states.get(part);
    const sinceMs = before !== undefined && before.up === up ? before.sinceMs : Date.now();
    this.#states.set(part, { part, up, reason, sinceMs });
  }
}
