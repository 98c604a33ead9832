import { DATABASE } from "#contract/storage.ts";
import { databaseOf } from "#runtime/mongo-database.ts";
import { SeededRandom } from "../../source/seeded-random.ts";
import { DRILLS } from "../drills.ts";
import { LedgerWatch } from "../ledger-watch.ts";
import { pause } from "../pause.ts";
import type { RunningStack } from "../running-stack.ts";
import { settleAndVerify, untilStill } from "../settle.ts";
import { SourceRates } from "../source-rates.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { minuteLatencies } from "./minute-latency.ts";
import type { SoakOptions } from "./options.ts";
import type { SoakResult } from "./report.ts";

const LOOK_EVERY_MS = 2_000;
const MINUTE_MS = 60_000;
/** The kill comes so long after the minute began, and up to {@link SPREAD_MS} later. */
const SOONEST_MS = 20_000;
const SPREAD_MS = 20_000;
const MOMENTS = 101;

/** Loads the pipeline for so many minutes with a kill in each, then lets it settle and counts. */
export async function soak(
  stack: RunningStack,
  { minutes, rate, seed }: SoakOptions,
  say: (what: string) => void,
  signal: AbortSignal,
): Promise<SoakResult> {
  const random = new SeededRandom(seed, MOMENTS);
  const rates = await SourceRates.of(stack);
  const wait = (ms: number): Promise<void> => pause(ms, signal);
  await using watch = new LedgerWatch(stack);
  const memory = new MemoryWatch(stack);
  const looking = setInterval(() => memory.look(), LOOK_EVERY_MS);
  try {
    await rates.stop();
    await untilStill(watch, signal);
    await rates.flow(rate);
    await watch.untilBehindBy(rate, signal, MINUTE_MS);
    watch.restart();
    const from = new Date();
    const startedAt = performance.now();
    for (let minute = 0; minute < minutes; minute++) {
      await wait(SOONEST_MS + random.at(minute).below(SPREAD_MS));
      await DRILLS["kill-consumer"]?.harm({
        stack,
        wait,
        say: (what) => say(`minute ${minute + 1} of ${minutes}: ${what}`),
      });
      await wait(Math.max(0, startedAt + (minute + 1) * MINUTE_MS - performance.now()));
    }
    const { longestPauseMs } = watch;
    await rates.stop();
    say("counting …");
    const account = await settleAndVerify(watch, stack, signal);
    const db = stack.mongo.db(databaseOf(stack.config.MONGO_URI, DATABASE));
    const latency = await minuteLatencies(db, from, minutes);
    return {
      minutes,
      rate,
      seed,
      kills: minutes,
      longestPauseMs,
      wrong: watch.wrong,
      memory: memory.all(),
      latency,
      account,
    };
  } finally {
    clearInterval(looking);
    await rates.restore();
  }
}
