import { parseArgs } from "node:util";
import { printProgress } from "../../stack/progress.ts";
import { SERVICES } from "../../stack/services.ts";
import { createPipeline } from "../harness/pipeline.ts";
import { startSharedServers } from "../harness/servers.ts";
import { until } from "../harness/until.ts";
import { GENTLE } from "./gentle.ts";
import { fuzz, schemathesis } from "./schemathesis.ts";

const USAGE = `bun run fuzz [--examples N] [--seed N] [${SERVICES.join("|")} …]

Starts the services on a Kafka, MongoDB and Mockoon of their own, draws requests from their OpenAPI documents with
Schemathesis and holds each answer against the document. Exit code 0 if every answer was as documented.
`;
const say = printProgress("fuzz");

process.exit(await main());

async function main(): Promise<number> {
  let examples: number;
  let seed: number | undefined;
  let names: readonly (typeof SERVICES)[number][];
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { examples: { type: "string", default: "50" }, seed: { type: "string" } },
    });
    examples = whole("--examples", values.examples);
    seed = values.seed === undefined ? undefined : whole("--seed", values.seed);
    names = positionals.length === 0 ? SERVICES : positionals.map(serviceOf);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 64;
  }
  const python = await schemathesis(say);
  say("starting Kafka, MongoDB and Mockoon …");
  await using servers = await startSharedServers();
  Object.assign(process.env, servers.env);
  await using pipeline = await createPipeline();
  let failed = 0;
  for (const name of names) {
    const { url } = await pipeline.start(name, GENTLE);
    await until(`${name} is ready`, async () => (await fetch(`${url}/readyz`)).ok);
    say(`${name} at ${url}`);
    const { ok, report } = await fuzz(python, url, { examples, boundaries: true, ...(seed !== undefined && { seed }) });
    process.stdout.write(report);
    if (!ok) failed++;
  }
  say(failed === 0 ? `all ${names.length} services answer as documented` : `${failed} services do not`);
  return failed === 0 ? 0 : 1;
}

function whole(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw new Error(`${option}: found ${text}, accepted is 1 or more`);
  return Number(text);
}

function serviceOf(text: string): (typeof SERVICES)[number] {
  const found = SERVICES.find((name) => name === text);
  if (found === undefined) throw new Error(`found ${text}, accepted are ${SERVICES.join(", ")}`);
  return found;
}
