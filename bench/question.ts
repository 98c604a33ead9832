import type { Progress } from "../stack/progress.ts";
import type { Answer } from "./results.ts";

/** What every question is asked with. */
export interface BenchContext {
  /** A folder of the run's own; removed at its end. */
  readonly folder: string;
  /** How often every contestant runs. */
  readonly rounds: number;
  /** Told what runs now. */
  readonly onProgress: Progress;
}

/** One question about speed, answered by one section of `bench/RESULTS.md`. */
export interface Question {
  /** Stable name, for the command line and the report. */
  readonly name: string;
  /** Measures us and the peers side by side; starts the servers that it needs and stops them. */
  readonly ask: (context: BenchContext) => Promise<Answer>;
}
