/** Waits; rejects when the person gives up. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([Bun.sleep(ms), promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
