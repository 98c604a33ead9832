import type { Document } from "mongodb";
import { usageOf } from "../process-usage.ts";
import type { ContestantSink } from "./contestant-sink.ts";
import { type RunOptions, startSink } from "./running-sink.ts";

const LOOK_EVERY_MS = 10;
const DEADLINE_MS = 300_000;

/**
 * Lets a contestant store a backlog and says how fast it was and what it cost.
 *
 * @param records - how many there are; the second half of them is measured by itself, when everything is warm
 */
export async function drain(
  contestant: ContestantSink,
  records: number,
  options: RunOptions,
): Promise<Record<string, number>> {
  const count = Math.min(records, contestant.most ?? records);
  await using sink = await startSink(contestant, options);
  const mongodBefore = await mongodCpuSeconds(sink.client.db());
  let firstAt = 0;
  let firstCount = 0;
  let halfAt = 0;
  let halfCount = 0;
  let seen = 0;
  while (seen < count) {
    await Bun.sleep(LOOK_EVERY_MS);
    seen = await sink.documents();
    sink.expectAlive();
    if (firstAt === 0 && seen > 0) [firstAt, firstCount] = [performance.now(), seen];
    if (halfAt === 0 && seen >= count / 2) [halfAt, halfCount] = [performance.now(), seen];
    if (performance.now() - sink.startedAt > DEADLINE_MS)
      throw new Error(`${contestant.name} stored ${seen} of ${count} within ${DEADLINE_MS / 1000} s`);
  }
  const doneAt = performance.now();
  const usages = sink.pids.map(usageOf);
  const mongodAfter = await mongodCpuSeconds(sink.client.db());
  const sum = (of: (usage: (typeof usages)[number]) => number): number =>
    usages.reduce((total, usage) => total + of(usage), 0);
  const perMillion = 1e6 / seen;
  return {
    "documents/s after the first": ((seen - firstCount) / (doneAt - firstAt)) * 1e3,
    "documents/s, second half": ((seen - halfCount) / (doneAt - halfAt)) * 1e3,
    "documents/s from process start": (seen / (doneAt - sink.startedAt)) * 1e3,
    "first document s": (firstAt - sink.startedAt) / 1e3,
    "client CPU s per million": sum(({ cpuSeconds }) => cpuSeconds) * perMillion,
    "mongod CPU s per million": (mongodAfter - mongodBefore) * perMillion,
    "peak memory MB": sum(({ peakMb }) => peakMb),
  };
}

/** What mongod says of its own process. */
export async function mongodCpuSeconds(db: { command(command: Document): Promise<Document> }): Promise<number> {
  const { extra_info: info } = await db.command({ serverStatus: 1 });
  return (Number(info.user_time_us) + Number(info.system_time_us)) / 1e6;
}
