import { resolve } from "node:path";
import { SOURCES } from "#contract/sources.ts";
import type { Published } from "./json-schemas.ts";

const PROJECT = resolve(import.meta.dir, "..");
const START_DEADLINE_MS = 30_000;

/** Where each service is found when nobody says otherwise. */
export const SERVICE_PORTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(SOURCES.map(({ service, port }) => [service, port])),
  consumer: 8002,
  dashboard: 5173,
};

/**
 * OpenAPI 3.1 of a service, as the service itself serves it: it is started on a free port, without Kafka or MongoDB,
 * which it does not need in order to answer.
 */
export async function openApi(service: string): Promise<Published> {
  const { PATH = "" } = process.env;
  const nowhere = { KAFKA_BROKER: "127.0.0.1:1", MONGO_URI: "mongodb://127.0.0.1:1/?directConnection=true" };
  const child = Bun.spawn([process.execPath, `${service}/main.ts`], {
    cwd: PROJECT,
    env: { PATH, ...nowhere, RATE: "0", PORT: "0", LOG_FORMAT: "json" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_DEADLINE_MS);
  try {
    const url = await urlOf(child.stdout);
    const document = (await (await fetch(`${url}/docs/json`)).json()) as Published;
    const servers = [{ url: `http://localhost:${SERVICE_PORTS[service]}` }];
    return { ...document, servers };
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
    await child.exited;
  }
}

async function urlOf(output: ReadableStream<Uint8Array>): Promise<string> {
  let log = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    log += decoder.decode(chunk, { stream: true });
    const url = /"url":"(http:[^"]+)".*"msg":"listening"/.exec(log)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the service did not listen; it said:\n${log}`);
}
