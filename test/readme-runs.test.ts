import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PORTS } from "../stack/ports.ts";
import { getJson, statusOf } from "./harness/http.ts";
import { isListening } from "./harness/is-listening.ts";
import { freePortOffset } from "./harness/port-offset.ts";
import { copyProject } from "./harness/project-copy.ts";
import { type Child, cleanEnvironment, PROJECT, startChild } from "./harness/service-process.ts";
import { Hopeless, until } from "./harness/until.ts";

const readme = await Bun.file(join(PROJECT, "README.md")).text();
const OFFSET = await freePortOffset();
const LONGEST_COMMAND_MS = 180_000;

/** A text of the README as it is where the pipeline has other ports, and with this Bun in place of a fetched one. */
function here(text: string): string {
  return text
    .replaceAll(/\bnpx -y bun@[\d.]+/g, process.execPath)
    .replace(/ start$/m, ` start --port-offset ${OFFSET}`)
    .replaceAll(/\blocalhost:(\d+)/g, (address, port: string) =>
      Object.values(PORTS).includes(Number(port)) ? `localhost:${Number(port) + OFFSET}` : address,
    );
}

/** Every block of commands that is marked with `<!-- run -->`, in order. */
function runnable(): string[] {
  return [...readme.matchAll(/<!-- run -->\n```bash\n([\s\S]*?)\n```/g)].map(([, block = ""]) => here(block));
}

/** Every address that the README tells to open or to ask. */
function addresses(): string[] {
  const linked = [...readme.matchAll(/<(http:\/\/localhost:[^>]+)>/g)].map(([, url = ""]) => here(url));
  return [...new Set(linked)];
}

test("the README's commands, one after the other in a clean copy, do what it says, and its addresses answer", async () => {
  using copy = copyProject(false);
  const run = (block: string): Child => startChild(["bash", "-c", block], cleanEnvironment(), copy.folder);
  const finished = async (block: string): Promise<string> => {
    const child = run(block);
    const tooLong = setTimeout(() => child.process.kill("SIGKILL"), LONGEST_COMMAND_MS);
    const exitCode = await child.process.exited;
    clearTimeout(tooLong);
    if (exitCode !== 0) throw new Error(`${block} exited with ${exitCode}:\n${child.output()}`);
    return child.output();
  };
  const [start = "", setRate = "", setFaults = "", verify = "", drill = "", ...others] = runnable();
  expect(others).toEqual([]);

  const pipeline = run(start);
  try {
    await until(
      "the line `ready`",
      () => {
        if (pipeline.process.exitCode !== null) throw new Hopeless("it ended");
        return /^ready .*http:/m.test(pipeline.output());
      },
      LONGEST_COMMAND_MS,
    );
    expect(addresses().length).toBeGreaterThan(4);
    for (const address of addresses())
      expect({ address, status: await statusOf(address) }).toMatchObject({ status: 200 });
    expect(await finished(setRate)).toContain('"perSecond":500');
    expect(await finished(setFaults)).toContain('"duplicate":0.01');
    const stats = here("http://localhost:8000/stats");
    await until("the faults come", async () => (await getJson<Stats>(stats)).faults["duplicate"]);
    expect(await finished(verify)).toContain("Nothing is missing and nothing is there twice");
    expect(await finished(drill)).toContain("Nothing is missing and nothing is there twice");

    pipeline.process.kill("SIGINT");
    expect(await pipeline.process.exited).toBe(0);
    for (const port of Object.values(PORTS)) expect(await isListening(port + OFFSET)).toBe(false);
    expect(existsSync(join(copy.folder, ".data"))).toBe(true);
  } catch (error) {
    throw new Error(`the pipeline wrote:\n${pipeline.output()}`, { cause: error });
  } finally {
    pipeline.process.kill("SIGTERM");
    await pipeline.process.exited;
  }
}, 600_000);

interface Stats {
  readonly faults: Readonly<Record<string, number>>;
}
