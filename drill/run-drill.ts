import { SeededRandom } from "../source/seeded-random.ts";
import type { Account } from "../verify/reconcile.ts";
import type { Drill, Outcome } from "./drill.ts";
import { LedgerWatch, type Sums } from "./ledger-watch.ts";
import { pause } from "./pause.ts";
import type { RunningStack } from "./running-stack.ts";
import { settleAndVerify, untilStill } from "./settle.ts";
import { SourceRates } from "./source-rates.ts";

/** How to run a drill. */
export interface RunDrillOptions {
  readonly name: string;
  readonly drill: Drill;
  readonly stack: RunningStack;
  /** How often the harm is done. */
  readonly times: number;
  /** Transactions per second meanwhile. */
  readonly rate: number;
  /** The moments of the harm are drawn from it. */
  readonly seed: number;
  readonly say: (what: string) => void;
  /** Aborted when the person gives up. */
  readonly signal: AbortSignal;
}

/** The harm comes so long after the pipeline flows, and up to {@link SPREAD_MS} later. */
const SOONEST_MS = 1_000;
const SPREAD_MS = 2_000;
const LONGEST_RECOVERY_MS = 120_000;
/** No drawn number of a source comes from this stream. */
const MOMENTS = 100;

/** Sets the rate, does the harm again and again, sets the rate back, and counts. */
export async function runDrill(options: RunDrillOptions): Promise<Outcome> {
  const { name, drill, stack, times, rate, seed, say, signal } = options;
  const random = new SeededRandom(seed, MOMENTS);
  const wait = (ms: number): Promise<void> => pause(ms, signal);
  const complaints: string[] = [];
  const rates = await SourceRates.of(stack);
  await using watch = new LedgerWatch(stack);
  let recoveryMs = 0;
  try {
    // The counts begin from a still pipeline, so that they are of this drill alone.
    await rates.stop();
    await untilStill(watch, signal);
    const [before, endsBefore] = [watch.sums, await watch.ends()];
    say(`${rate.toLocaleString("en-US")} transactions per second`);
    await rates.flow(rate);
    await watch.untilBehindBy(rate, signal, LONGEST_RECOVERY_MS);
    watch.restart();
    for (let time = 1; time <= times; time++) {
      await wait(SOONEST_MS + random.at(time).below(SPREAD_MS));
      if (watch.stillMs > SOONEST_MS) complaints.push(`harm ${time} could do no harm: nothing was in flight`);
      const harmedAt = performance.now();
      await drill.harm({ stack, wait, say: (what) => say(times > 1 ? `${time} of ${times}: ${what}` : what) });
      if (!(await watch.untilBehindBy(rate, signal, LONGEST_RECOVERY_MS)))
        complaints.push(`the consumer was still behind 120 s after harm ${time}`);
      const tookMs = performance.now() - harmedAt;
      recoveryMs = Math.max(recoveryMs, tookMs);
      say(`less than a second behind again after ${(tookMs / 1000).toFixed(1)} s`);
    }
    const { longestPauseMs } = watch;
    await rates.stop();
    say("counting …");
    const account = await settleAndVerify(watch, stack, signal);
    const produced = (await watch.ends()) - endsBefore;
    const counted = minus(watch.sums, before);
    complaints.push(...account.checks.filter(({ ok }) => !ok).map(({ name: check, detail }) => `${check}: ${detail}`));
    if (watch.wrong.length > 0)
      complaints.push(
        `the ledger did not add up when seen from outside ${watch.wrong.length} times: ${watch.wrong[0]}`,
      );
    const harmless = drill.harmless?.(counted);
    if (harmless !== undefined) complaints.push(`it could do no harm: ${harmless}`);
    return { drill: name, times, produced, ...counted, ...gapsOf(account), longestPauseMs, recoveryMs, complaints };
  } finally {
    await rates.restore();
  }
}

function minus(after: Sums, before: Sums): Pick<Outcome, "stored" | "duplicates" | "deadLettered"> {
  return {
    stored: after.stored - before.stored,
    duplicates: after.duplicates - before.duplicates,
    deadLettered: after.deadLettered - before.deadLettered,
  };
}

/** By the documents and letters counted in MongoDB, not by what the ledger says of itself. */
function gapsOf({ lines }: Account): Pick<Outcome, "missing" | "doubled"> {
  let missing = 0;
  let doubled = 0;
  for (const line of lines) {
    missing += Math.max(0, line.endOffset - line.nextOffset);
    for (const more of [line.documents - line.stored, line.deadLetters - line.deadLettered]) {
      missing += Math.max(0, -more);
      doubled += Math.max(0, more);
    }
  }
  return { missing, doubled };
}
