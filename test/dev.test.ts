import { expect, test } from "bun:test";
import { join } from "node:path";
import { getJson, statusOf } from "./harness/http.ts";
import { freePortOffset } from "./harness/port-offset.ts";
import { copyProject } from "./harness/project-copy.ts";
import { cleanEnvironment, startChild } from "./harness/service-process.ts";
import { Hopeless, until } from "./harness/until.ts";

const OFFSET = await freePortOffset();
const url = (port: number): string => `http://127.0.0.1:${port + OFFSET}`;
const [PRODUCER, CONSUMER] = [url(8000), url(8002)];

const BEFORE = "Makes e-commerce transactions";
const AFTER = "Makes edited transactions";

test("bun run dev starts an edited service anew, tells what is wrong with an edit, and leaves the others running", async () => {
  using copy = copyProject(true);
  const { folder } = copy;
  const dev = startChild(
    [process.execPath, "run", "dev", "--port-offset", String(OFFSET)],
    { ...cleanEnvironment(), RATE: "50" },
    folder,
  );
  try {
    await until(
      "the line `ready`",
      () => {
        if (dev.process.exitCode !== null) throw new Hopeless(`it exited with ${dev.process.exitCode}`);
        return /^ready .*http:/m.test(dev.output());
      },
      120_000,
    );
    const consumer = await startOf(CONSUMER);
    const app = Bun.file(join(folder, "producer/main.ts"));
    const text = await app.text();
    expect(await description()).toContain(BEFORE);

    await Bun.write(app, text.replace(BEFORE, AFTER));
    await until("the edited producer answers", async () => (await description()).includes(AFTER));

    await Bun.write(app, `${text}\nthis is no TypeScript`);
    await until("the mistake is shown", () => /producer .*died while it started/.test(dev.output()));
    await Bun.write(app, text);
    await until("the producer is well again", async () => (await statusOf(`${PRODUCER}/readyz`)) === 200);
    expect(await startOf(CONSUMER)).toBe(consumer);
  } catch (error) {
    throw new Error(`bun run dev wrote:\n${dev.output()}`, { cause: error });
  } finally {
    dev.process.kill("SIGTERM");
    await dev.process.exited;
  }
}, 240_000);

/** How the producer describes itself, or nothing while it is away. */
async function description(): Promise<string> {
  const documented = `${PRODUCER}/docs/json`;
  if ((await statusOf(documented)) !== 200) return "";
  return (await getJson<{ info: { description: string } }>(documented)).info.description;
}

/** When the service's process began, in Unix seconds. */
async function startOf(service: string): Promise<string | undefined> {
  const metrics = await (await fetch(`${service}/metrics`)).text();
  const line = /^process_start_time_seconds(?:\{[^}]*\})? (\S+)$/m.exec(metrics);
  expect(line).not.toBeNull();
  return line?.[1];
}
