import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { FaultPeriod } from "#source/expected.ts";

/** A run of a source whose end is known beforehand. */
export interface ExpectedRun {
  readonly id: SourceId;
  readonly title: string;
  readonly seed: number;
  readonly periods: readonly FaultPeriod[];
  /** Transactions made. */
  readonly count: number;
  /** Of them sent on request: they get no fault, so where faults are drawn nobody can tell which they are. */
  readonly onRequest: number;
  /** Records sent again because no answer came: each may be a duplicate more. */
  readonly resent: number;
  /** Records that Kafka did not take. */
  readonly failed: number;
  readonly pending: number;
}

/** A source that can't be asked what it made. */
export interface UnknownRun {
  readonly id: SourceId;
  readonly title: string;
  readonly reason: string;
}

/** What a source says of its run since its process started. */
export async function runsOfSources(urls: Readonly<Record<SourceId, string>>): Promise<(ExpectedRun | UnknownRun)[]> {
  return Promise.all(
    SOURCES.map(async ({ id, title }) => {
      try {
        const answer = await fetch(new URL("/stats", urls[id]), { signal: AbortSignal.timeout(3_000) });
        const stats = (await answer.json()) as {
          seed: number;
          made: number;
          onRequest: number;
          resent: number;
          failed: number;
          pending: number;
          faultPeriods: FaultPeriod[];
        };
        const { seed, made: count, onRequest, resent, failed, pending, faultPeriods: periods } = stats;
        if (!Array.isArray(periods)) throw new Error("its /stats does not say which faults it made");
        return { id, title, seed, periods, count, onRequest, resent, failed, pending };
      } catch (error) {
        return { id, title, reason: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}
