import pRetry, { AbortError } from "p-retry";

/** How work is repeated. */
export interface RetryOptions {
  /** Ends the pauses at once; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** After each failure, with what went wrong and how long the pause before the next try is, in ms. */
  readonly onFailure?: (error: Error, pauseMs: number) => void;
  /** The first pause in ms; each next one is twice as long, times a random factor of 1 to 2. @default 100 */
  readonly firstPauseMs?: number;
  /** The longest pause in ms. @default 5,000 */
  readonly longestPauseMs?: number;
}

/** Thrown inside the work: trying again can't help. The promise rejects with the cause. */
export { AbortError as GiveUp };

/**
 * Repeats work until it succeeds, with growing pauses; the jitter keeps many clients from coming back together.
 *
 * @throws the signal's reason when it is aborted, the cause of a {@link GiveUp}
 */
export function retryForever<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { signal, onFailure } = options;
  return pRetry(work, {
    signal,
    retries: Number.POSITIVE_INFINITY,
    minTimeout: options.firstPauseMs ?? 100,
    maxTimeout: options.longestPauseMs ?? 5_000,
    factor: 2,
    randomize: true,
    ...(onFailure && { onFailedAttempt: ({ error, retryDelay }) => onFailure(error, retryDelay) }),
  });
}
