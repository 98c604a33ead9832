import { SOURCES } from "#contract/sources.ts";
import { topicsOf, urlsOf } from "#runtime/source-places.ts";
import type { Account } from "../verify/reconcile.ts";
import { verify } from "../verify/verify.ts";
import type { LedgerWatch } from "./ledger-watch.ts";
import { pause } from "./pause.ts";
import type { RunningStack } from "./running-stack.ts";

const LONGEST_MS = 120_000;

/** Waits until everything in Kafka is in the ledger and nothing moves any more, but not for ever. */
export async function settle(watch: LedgerWatch, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + LONGEST_MS;
  while (performance.now() < deadline) {
    const ends = await watch.ends();
    if (watch.sums.nextOffset >= ends && watch.stillMs > 300) return;
    await pause(100, signal);
  }
}

/** The same, then reconciles from independent counts. */
export async function settleAndVerify(watch: LedgerWatch, stack: RunningStack, signal: AbortSignal): Promise<Account> {
  const { config } = stack;
  await settle(watch, signal);
  return verify({
    kafka: stack.kafka,
    mongoUri: config.MONGO_URI,
    topics: topicsOf(SOURCES, config),
    urls: urlsOf(SOURCES, config),
    onProgress: () => undefined,
  });
}
