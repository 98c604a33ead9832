import { SOURCES, type SourceId } from "#contract/sources.ts";

/** What a source says of itself since its process started. */
export interface SourceCount {
  readonly id: SourceId;
  readonly title: string;
  /** Records acknowledged by Kafka; `undefined` when the source does not answer. */
  readonly acknowledged: number | undefined;
  readonly pending: number | undefined;
  /** Why it is not known. */
  readonly reason: string | undefined;
}

/** Asks the sources; one that is down is said to be so. */
export async function countSources(urls: Readonly<Record<SourceId, string>>): Promise<SourceCount[]> {
  return Promise.all(
    SOURCES.map(async ({ id, title }) => {
      try {
        const answer = await fetch(new URL("/stats", urls[id]), { signal: AbortSignal.timeout(3_000) });
        const stats = (await answer.json()) as { acknowledged?: unknown; pending?: unknown };
        if (typeof stats.acknowledged !== "number") throw new Error(`its /stats has no count of acknowledged records`);
        const pending = typeof stats.pending === "number" ? stats.pending : undefined;
        return { id, title, acknowledged: stats.acknowledged, pending, reason: undefined };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { id, title, acknowledged: undefined, pending: undefined, reason };
      }
    }),
  );
}
