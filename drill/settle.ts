import { SOURCES } from "#contract/sources.ts";
import { topicsOf, urlsOf } from "#runtime/source-places.ts";
import { StackError } from "../stack/stack-error.ts";
import type { Account } from "../verify/reconcile.ts";
import { verify } from "../verify/verify.ts";
import type { LedgerWatch } from "./ledger-watch.ts";
import { pause } from "./pause.ts";
import type { RunningStack } from "./running-stack.ts";

const LONGEST_MS = 120_000;

/**
 * Waits until everything in Kafka is in the ledger and nothing moves any more.
 *
 * @throws StackError when that is not so within 120 s
 */
export async function untilStill(watch: LedgerWatch, signal: AbortSignal): Promise<void> {
  const behind = await settle(watch, signal);
  if (behind === undefined) return;
  throw new StackError(
    `the pipeline did not come to rest within ${LONGEST_MS / 1_000} s, though all sources were told to send nothing\n` +
      `  found: ${behind.toLocaleString("en-US")} records are not in the ledger yet, and it last moved ${Math.round(watch.stillMs)} ms ago\n` +
      `  do: end what else writes to these topics, or look at the consumer's /readyz`,
  );
}

/** Waits for the same, but not for ever: how many records are missing from the ledger by then, if it is not at rest. */
async function settle(watch: LedgerWatch, signal: AbortSignal): Promise<number | undefined> {
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    const ends = await watch.ends();
    const behind = Math.max(0, ends - watch.sums.nextOffset);
    if (behind === 0 && watch.stillMs > 300) return undefined;
    if (performance.now() > deadline) return behind;
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
