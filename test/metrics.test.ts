import { expect, test } from "bun:test";
import { SERVICES } from "../stack/services.ts";
import { setRate } from "./harness/http.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { until } from "./harness/until.ts";

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly string[];
}

/** The text format 0.0.4, strictly: HELP and TYPE before the samples, no family twice. */
function familiesOf(text: string): Family[] {
  const families: Family[] = [];
  for (const block of text.split(/^# HELP /m).slice(1)) {
    const [help = "", type = "", ...samples] = block.trim().split("\n");
    const [, name = "", words = ""] = /^(\S+) (.+)$/.exec(help) ?? [];
    const [, typed, kind = ""] = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(type) ?? [];
    expect(`${block.slice(0, 60)}: ${typed}`).toBe(`${block.slice(0, 60)}: ${name}`);
    families.push({ name, type: kind, help: words, samples });
  }
  return families;
}

const SAMPLE = /^[a-z_]+(\{([a-z_]+="[^"\n]*",?)*\})? (-?\d+(\.\d+)?(e[+-]?\d+)?|NaN|[+-]Inf)$/;

test.each(SERVICES)(
  "/metrics of %s keeps to Prometheus' rules for names, types and units",
  async (service) => {
    await using pipeline = await createPipeline();
    const { url } = await pipeline.start(service, { RATE: "5" });
    await until("it is ready", async () => [200, 503].includes((await fetch(`${url}/readyz`)).status));
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get("content-type")).toContain("version=0.0.4");
    const families = familiesOf(await answer.text());
    expect(families.length).toBeGreaterThan(3);
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
    for (const { name, type, help, samples } of families) {
      expect(name).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
      expect([name, help.length > 5]).toEqual([name, true]);
      // Only counters end so, and all of them do.
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
      // Base units, in the plural, and no type in the name.
      expect(name).not.toMatch(
        /(^|_)(ms|millis|milliseconds|micros|minutes|hours|kb|mb|kilobytes|percent|second|byte)(_|$)/,
      );
      expect(name).not.toMatch(/_(counter|gauge|histogram|summary|count|sum|bucket|info)$/);
      for (const sample of samples) {
        expect(sample).toMatch(SAMPLE);
        expect(sample).toContain(`service="${service}"`);
        const suffix = type === "histogram" ? "(_bucket|_sum|_count)" : "";
        expect(sample).toMatch(new RegExp(`^${name}${suffix}\\{`));
      }
      if (type === "counter")
        for (const sample of samples) expect(Number(sample.split(" ").at(-1))).toBeGreaterThanOrEqual(0);
    }
  },
  60_000,
);

test("the consumer's lag is 0 on /metrics, too, once everything is stored", async () => {
  await using pipeline = await createPipeline();
  const producer = await pipeline.start("producer", { RATE: "2000" });
  const consumer = await pipeline.start("consumer");
  const lags = async (): Promise<number[]> => {
    const metrics = await (await fetch(`${consumer.url}/metrics`)).text();
    return [...metrics.matchAll(/^consumer_lag_records\{.*transactions-topic.*\} (\d+)$/gm)].map(([, lag]) =>
      Number(lag),
    );
  };
  await until("all partitions are read, one of them not to its end", async () => {
    const found = await lags();
    return found.length === 3 && found.some((lag) => lag > 0);
  });
  await setRate(producer.url, 0);
  await until("no lag is left", async () => (await lags()).every((lag) => lag === 0));
});
