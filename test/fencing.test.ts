import { expect, test } from "bun:test";
import { setRate } from "./harness/http.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { until } from "./harness/until.ts";

test("a consumer that slept longer than its session (SIGSTOP, SIGCONT) can't write over its successor", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer", { RATE: "1000" });
  const sleeper = await pipeline.start("consumer");
  const ledger = pipeline.db.collection<{ owner: string; nextOffset: number }>("ledger");
  const owners = async (): Promise<string[]> =>
    (await ledger.find({ _id: { $regex: pipeline.topics.faker } as never }).toArray()).map(({ owner }) => owner);
  const isOwnedBy = async (pid: number): Promise<boolean> =>
    (await owners()).length === 3 && (await owners()).every((owner) => owner.endsWith(`:${pid}`));
  await until("the first one writes all partitions", () => isOwnedBy(sleeper.pid), 60_000);
  await until(
    "it is in full flow",
    async () => (await pipeline.db.collection("transactions").countDocuments()) > 2_000,
  );
  sleeper.kill("SIGSTOP");
  const successor = await pipeline.start("consumer");
  await until("the successor has all partitions", () => isOwnedBy(successor.pid), 90_000);
  const stored = await pipeline.db.collection("transactions").countDocuments();
  await until("it writes", async () => (await pipeline.db.collection("transactions").countDocuments()) > stored + 500);
  sleeper.kill("SIGCONT");
  await until(
    "the sleeper has come back into the group",
    () => (sleeper.logs().match(/partitions assigned/g) ?? []).length > 1,
    90_000,
  );
  await setRate(producer.url, 0);
  const account = await pipeline.verify();
  expect(account.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(account.lines.reduce((sum, line) => sum + line.stored, 0)).toBeGreaterThan(stored);
}, 240_000);
