import { expect, test } from "bun:test";
import { setRate } from "./harness/http.ts";
import { PartitionPauses } from "./harness/partition-pauses.ts";
import { createPipeline, type Pipeline } from "./harness/pipeline.ts";
import type { ServiceProcess } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

/** Waits until each of them writes a partition. */
async function untilAllOwn({ db }: Pipeline, consumers: readonly ServiceProcess[]): Promise<void> {
  await until("each has a partition", async () => {
    const owners = (await db.collection<{ owner: string }>("ledger").find().toArray()).map(({ owner }) => owner);
    return owners.length === 6 && consumers.every(({ pid }) => owners.some((owner) => owner.endsWith(`:${pid}`)));
  });
}

test("a rolling restart loses and doubles nothing, and no partition waits until its old reader is given up", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer", { RATE: "1000" });
  let consumers = [await pipeline.start("consumer"), await pipeline.start("consumer")];
  await untilAllOwn(pipeline, consumers);
  await using pauses = new PartitionPauses(pipeline.db, pipeline.topics.faker);
  await until("all are seen moving", () => pauses.moves > 100);
  pauses.restart();
  for (let turn = 0; turn < 2; turn++) {
    const [old, kept] = consumers as [ServiceProcess, ServiceProcess];
    expect(await old.stop()).toBe(0);
    const successor = await pipeline.start("consumer");
    consumers = [kept, successor];
    await untilAllOwn(pipeline, consumers);
  }
  const before = pauses.moves;
  await until("they go on", () => pauses.moves > before + 100);
  // 0.7 s were seen; whoever does not leave the group is waited for until the session's end, 6 s at the earliest.
  expect(pauses.longestMs).toBeLessThan(5_000);
  await setRate(producer.url, 0);
  expect((await pipeline.verify()).checks.filter(({ ok }) => !ok)).toEqual([]);
}, 120_000);
