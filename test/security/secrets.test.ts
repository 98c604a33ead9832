import { expect, test } from "bun:test";
import { SERVICES } from "../../stack/services.ts";
import { createPipeline } from "../harness/pipeline.ts";
import { cleanEnvironment, startChild } from "../harness/service-process.ts";
import { until } from "../harness/until.ts";

const SECRETS = { token: "s3cret-token-1", mongo: "s3cret-mongo-2", sasl: "s3cret-sasl-3" };
const PATHS = ["/", "/livez", "/readyz", "/metrics", "/stats", "/ledger", "/dead-letters", "/docs/json", "/nowhere"];

test.each(SERVICES)(
  "%s shows its secrets in no log, no answer and no metric, also while nothing works",
  async (name) => {
    await using pipeline = await createPipeline({ withoutTopics: true });
    const service = await pipeline.start(name, {
      LOG_LEVEL: "debug",
      RATE: "5",
      API_TOKEN: SECRETS.token,
      // Nobody is there, and whoever is there does not know this user: both end in errors that name the address.
      MONGO_URI: `mongodb://user:${SECRETS.mongo}@127.0.0.1:1/?directConnection=true`,
      KAFKA_SASL_MECHANISM: "plain",
      KAFKA_SASL_USERNAME: "user",
      KAFKA_SASL_PASSWORD: SECRETS.sasl,
    });
    await until("it complains", async () => (await fetch(`${service.url}/readyz`)).status === 503);
    const answers: string[] = [];
    for (const path of PATHS) {
      for (const method of ["GET", "POST", "PUT"]) {
        const wrong = { authorization: `Bearer ${SECRETS.token}x` };
        const answer = await fetch(service.url + path, { method, headers: wrong, signal: AbortSignal.timeout(10_000) });
        if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) answers.push(await answer.text());
      }
    }
    await service.stop();
    expect(service.logs().length).toBeGreaterThan(100);
    expect(answers.join().length).toBeGreaterThan(1_000);
    for (const secret of Object.values(SECRETS)) {
      expect(service.logs()).not.toContain(secret);
      expect(answers.join("\n")).not.toContain(secret);
    }
  },
  90_000,
);

test("a secret that is wrong is not shown in the message that says so", async () => {
  const child = startChild([process.execPath, "consumer/main.ts"], {
    ...cleanEnvironment(),
    MONGO_URI: `http://user:${SECRETS.mongo}@localhost`,
  });
  expect(await child.process.exited).toBe(78);
  expect(child.output()).toContain("MONGO_URI");
  expect(child.output()).not.toContain(SECRETS.mongo);
});
