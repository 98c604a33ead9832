import { expect, test } from "bun:test";
import { createPipeline } from "./harness/pipeline.ts";
import { startOwnMongo } from "./harness/servers.ts";
import { until } from "./harness/until.ts";

test("a consumer and a dashboard that were there before MongoDB find it when it comes", async () => {
  await using mongo = await startOwnMongo();
  await mongo.stop();
  await using pipeline = await createPipeline({ mongo: mongo.uri });
  const services = await Promise.all([pipeline.start("dashboard"), pipeline.start("consumer")]);
  const readiness = async (url: string): Promise<string> => (await fetch(`${url}/readyz`)).text();
  for (const { name, url } of services)
    await until(`${name} says that MongoDB is away`, async () => /mongo/i.test(await readiness(url)));
  await mongo.start();
  for (const { name, url } of services) {
    await until(`${name} is ready`, async () => (await fetch(`${url}/readyz`)).ok, 60_000);
    expect(await readiness(url)).not.toMatch(/mongo/i);
  }
}, 180_000);
