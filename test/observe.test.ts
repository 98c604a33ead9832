import { expect, test } from "bun:test";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { YAML } from "bun";
import type { ServiceName } from "../stack/services.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { PROJECT } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

interface Board {
  panels: { title: string; datasource: { uid: string }; targets: { expr: string }[] }[];
}

const file = (path: string): Promise<string> => Bun.file(join(PROJECT, "observe", path)).text();

/** Every expression of the alerts and of the dashboard, by where it stands. */
async function expressions(): Promise<Map<string, string>> {
  const rules = YAML.parse(await file("alerts.yml")) as Rules;
  const board = JSON.parse(await file("grafana/dashboards/pipeline.json")) as Board;
  return new Map([
    ...rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => [alert, expr] as const)),
    ...board.panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }, index) => [`${title} ${index + 1}`, expr] as const),
    ),
  ]);
}

/** Names of metrics in an expression, by Prometheus' own grammar. @throws where it is no expression */
function metricsIn(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter: (node) => {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expression}`);
      // The grammar has `Identifier` for labels as well: a metric's stands directly in its selector.
      if (node.name === "Identifier" && node.node.parent?.name === "VectorSelector")
        names.push(expression.slice(node.from, node.to));
    },
  });
  return names;
}

test("the grammar refuses what is no PromQL, so that the next test can fail", () => {
  expect(() => metricsIn("sum(rate(x[5m])")).toThrow("no PromQL");
  expect(metricsIn('sum by (a) (rate(b_total{c="d"}[5m])) / e')).toEqual(["b_total", "e"]);
});

test("every alert and every chart of Grafana asks for metrics that a service has", async () => {
  await using pipeline = await createPipeline();
  const names: ServiceName[] = ["producer", "consumer", "dashboard"];
  const services = await Promise.all(names.map((name) => pipeline.start(name)));
  const known = new Set(["up"]);
  for (const { url } of services) {
    const text = await until("/metrics answers", async () => (await fetch(`${url}/metrics`)).text());
    for (const [, name = "", kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
      for (const suffix of kind === "histogram" ? ["_bucket", "_sum", "_count"] : [""]) known.add(name + suffix);
  }
  const all = await expressions();
  expect(all.size).toBeGreaterThan(15);
  for (const [where, expression] of all) {
    const metrics = metricsIn(expression);
    expect(`${where}: ${metrics.length > 0}`).toBe(`${where}: true`);
    expect(metrics.filter((name) => !known.has(name)).map((name) => `${where}: ${name}`)).toEqual([]);
  }
}, 60_000);

test("Prometheus is told the services and ports of the compose file, Grafana the source that its charts name", async () => {
  const config = YAML.parse(await file("prometheus.yml")) as {
    rule_files: string[];
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const compose = YAML.parse(await Bun.file(join(PROJECT, "docker-compose.project.yml")).text()) as {
    services: Record<string, { ports?: string[] }>;
  };
  const targets = config.scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap((at) => at.targets));
  expect(targets.length).toBe(4);
  for (const target of targets) {
    const [name = "", port] = target.split(":");
    expect(compose.services[name]?.ports?.[0]).toEndWith(`:${port}`);
  }
  expect(config.rule_files).toEqual(["alerts.yml"]);
  const sources = YAML.parse(await file("grafana/provisioning/datasources/prometheus.yml")) as {
    datasources: { uid: string; url: string }[];
  };
  const board = JSON.parse(await file("grafana/dashboards/pipeline.json")) as Board;
  for (const { datasource } of board.panels) expect(datasource.uid).toBe(sources.datasources[0]?.uid ?? "");
});
