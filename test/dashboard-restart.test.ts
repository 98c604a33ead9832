import { expect, test } from "bun:test";
import type { History } from "../dashboard/web/feed-format.ts";
import { getJson } from "./harness/http.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { until } from "./harness/until.ts";

const AGES_SECONDS = [8, 30, 59, 61, 300];

test("a dashboard that starts knows what was stored before it, in a pipeline that is younger than a minute too", async () => {
  await using pipeline = await createPipeline();
  const [producer] = await Promise.all([pipeline.start("producer"), pipeline.start("consumer")]);
  await fetch(`${producer.url}/transactions`, { method: "POST" });
  const rollups = pipeline.db.collection("rollups");
  const rollup = await until("its second is there", async () => (await rollups.findOne()) ?? false);

  for (const age of AGES_SECONDS) {
    const second = Math.floor(Date.now() / 1000) - age;
    await rollups.updateOne({ _id: rollup._id }, { $set: { second: new Date(second * 1000) } });
    await using dashboard = await pipeline.start("dashboard");
    await until("it is ready", async () => (await fetch(`${dashboard.url}/readyz`)).ok);
    const { seconds } = await getJson<History>(`${dashboard.url}/api/history`);
    const sold = seconds.filter(({ sources }) => sources.faker.sales?.stored === 1);
    expect(sold.map((told) => told.second)).toEqual([second]);
  }
}, 30_000);
