import { expect, test } from "bun:test";
import { noProgress } from "../../stack/progress.ts";
import type { ServiceName } from "../../stack/services.ts";
import { createPipeline } from "../harness/pipeline.ts";
import { until } from "../harness/until.ts";
import { GENTLE } from "./gentle.ts";
import { fuzz, schemathesis } from "./schemathesis.ts";

const python = await schemathesis(noProgress);

test.each<ServiceName>(["producer", "producer-mockoon", "consumer"])(
  "%s answers as its OpenAPI document says, whatever is asked (`bun run fuzz` asks more)",
  async (name) => {
    await using pipeline = await createPipeline();
    const { url } = await pipeline.start(name, GENTLE);
    await until(`${name} is ready`, async () => (await fetch(`${url}/readyz`)).ok);
    const { ok, report } = await fuzz(python, url, { examples: 5, boundaries: false, seed: 1 });
    expect(ok, report).toBe(true);
    expect(report).toContain("passed");
  },
  180_000,
);
