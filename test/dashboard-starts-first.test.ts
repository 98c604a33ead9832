import { expect, test } from "bun:test";
import { createPipeline } from "./harness/pipeline.ts";
import { startOwnMongo } from "./harness/servers.ts";
import { until } from "./harness/until.ts";

test("a dashboard that was there before MongoDB finds it when it comes", async () => {
  await using mongo = await startOwnMongo();
  await mongo.stop();
  await using pipeline = await createPipeline({ mongo: mongo.uri });
  const dashboard = await pipeline.start("dashboard");
  const readiness = async (): Promise<string> => (await fetch(`${dashboard.url}/readyz`)).text();
  await until("it says that MongoDB is away", async () => (await readiness()).includes("no answer from MongoDB"));
  await mongo.start();
  await until("it is ready", async () => (await fetch(`${dashboard.url}/readyz`)).ok, 60_000);
  expect(await readiness()).not.toContain("mongodb");
}, 120_000);
