const FIRST_PAUSE_MS = 25;
/** Grown to after some questions: what has not come soon is not missed by a few ms, and asking costs both sides CPU. */
const GROWN_PAUSE_MS = 100;
const GROWTH = 1.15;
/** Pauses for each time that asking took: a condition that is dear to ask must not slow down what it waits for. */
const PAUSES_PER_QUESTION = 3;
/** A question that waited for an answer itself, such as one to a broker that is away, is asked again soon. */
const LONGEST_PAUSE_MS = 250;

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
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const asked = performance.now();
    try {
      last = await condition();
      cause = undefined;
      if (last) return last as Exclude<T, false | undefined | null | 0 | "">;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      cause = error;
    }
    const now = performance.now();
    if (now > deadline) {
      const found = cause === undefined ? JSON.stringify(last) : String(cause);
      throw new Error(`not within ${deadlineMs} ms: ${what} (last: ${found})`, { cause });
    }
    await Bun.sleep(Math.max(pause, Math.min(LONGEST_PAUSE_MS, (now - asked) * PAUSES_PER_QUESTION)));
    pause = Math.min(GROWN_PAUSE_MS, pause * GROWTH);
  }
}
