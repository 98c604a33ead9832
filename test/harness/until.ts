const PAUSE_MS = 25;

/** What a condition throws when it can't become true any more: `until` then waits no longer. */
export class Hopeless extends Error {}

/**
 * Waits for a condition, never for a time: asks again and again until it gives something truthy.
 * An error that the condition throws counts as "not yet" and is the cause when the deadline passes, unless it is
 * {@link Hopeless}.
 *
 * @param what - the condition in words, for the error
 * @param deadlineMs - how long at most; generous, since a test that passes never waits for it. @default 30,000
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadlineMs = 30_000,
): Promise<Exclude<T, false | undefined | null | 0 | "">> {
  const deadline = performance.now() + deadlineMs;
  let cause: unknown;
  let last: unknown;
  for (;;) {
    try {
      last = await condition();
      cause = undefined;
      if (last) return last as Exclude<T, false | undefined | null | 0 | "">;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      cause = error;
    }
    if (performance.now() > deadline) {
      const found = cause === undefined ? JSON.stringify(last) : String(cause);
      throw new Error(`not within ${deadlineMs} ms: ${what} (last: ${found})`, { cause });
    }
    await Bun.sleep(PAUSE_MS);
  }
}
