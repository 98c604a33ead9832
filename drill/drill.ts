import type { RunningStack } from "./running-stack.ts";

/** What a drill works with. */
export interface DrillContext {
  readonly stack: RunningStack;
  /** Tells the person what happens. */
  readonly say: (what: string) => void;
  /** Lets the harm last; rejects when the person gives up. */
  readonly wait: (ms: number) => Promise<void>;
}

/** One way to do harm to a running pipeline. */
export interface Drill {
  /** For the person, in one line. */
  readonly what: string;
  /** Does the harm once; comes back when all parts run again, though not yet as before. */
  readonly harm: (context: DrillContext) => Promise<void>;
  /** Why it could do no harm, from what it ended with. */
  readonly harmless?: (outcome: Pick<Outcome, "deadLettered">) => string | undefined;
}

/** What a drill ended with; all counts are of the drill's own time. */
export interface Outcome {
  readonly drill: string;
  readonly times: number;
  /** Records that Kafka got. */
  readonly produced: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly missing: number;
  readonly doubled: number;
  /** For how long the ledger stood still at most. */
  readonly longestPauseMs: number;
  /** From the harm until the consumer was less than a second behind again; the longest. */
  readonly recoveryMs: number;
  /** Everything that is not as it should be, in sentences. */
  readonly complaints: readonly string[];
}
