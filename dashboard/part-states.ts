import type { PartReadiness } from "#runtime/readiness.ts";
import { PARTS, type Part, type PartState } from "./web/feed-format.ts";

/** A hand for whoever watches one part. */
export interface PartWatch extends PartReadiness {
  /** It answers, but can't do its work. */
  hinder(reason: string): void;
}

/** Which parts of the pipeline work, as the page says it in words. */
export class PartStates {
  readonly #states = new Map<Part, PartState>(
    PARTS.map((part) => [part, { part, state: "unknown", reason: "not asked yet", sinceMs: Date.now() }]),
  );

  /** In the order in which a transaction passes them. */
  all(): PartState[] {
    return [...this.#states.values()];
  }

  of(part: Part): PartWatch {
    return {
      ok: () => this.#set(part, "up", ""),
      hinder: (reason) => this.#set(part, "hindered", reason),
      fail: (reason) => this.#set(part, "down", reason),
    };
  }

  #set(part: Part, state: PartState["state"], reason: string): void {
    const before = this.#states.get(part);
    const sinceMs = before !== undefined && before.state === state ? before.sinceMs : Date.now();
    this.#states.set(part, { part, state, reason, sinceMs });
  }
}
