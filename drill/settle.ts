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
  const { FAKER_TOPIC, MOCKOON_TOPIC, MONGO_URI, FAKER_URL, MOCKOON_SOURCE_URL } = stack.config;
  await settle(watch, signal);
  return verify({
    kafka: stack.kafka,
    mongoUri: MONGO_URI,
    topics: { faker: FAKER_TOPIC, mockoon: MOCKOON_TOPIC },
    urls: { faker: FAKER_URL, mockoon: MOCKOON_SOURCE_URL },
    onProgress: () => undefined,
  });
}
