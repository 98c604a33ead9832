import { expect, test } from "bun:test";
import { createPipeline } from "./harness/pipeline.ts";

const CLIENTS = 60;

test("pages that lose the server together are told to come back at different times", async () => {
  await using pipeline = await createPipeline({ withoutTopics: true });
  const dashboard = await pipeline.start("dashboard");
  const stop = new AbortController();
  const pauses = await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const answer = await fetch(`${dashboard.url}/events`, { signal: stop.signal });
      const first = await answer.body?.getReader().read();
      return Number(/^retry: (\d+)$/m.exec(new TextDecoder().decode(first?.value))?.[1]);
    }),
  );
  stop.abort();
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
  // Of 60 draws from 1,500 ms, not even a fifth is expected to fall into any 100 ms.
  const busiest = pauses.map((from) => pauses.filter((pause) => pause >= from && pause < from + 100).length);
  expect(Math.max(...busiest)).toBeLessThan(CLIENTS / 3);
});
