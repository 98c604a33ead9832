import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { $ } from "bun";
import { numberIn, openPage, textOf, tile } from "./browser/open-page.ts";
import { findChromium } from "./harness/chromium.ts";
import { getJson, setRate } from "./harness/http.ts";
import type { Pipeline } from "./harness/pipeline.ts";
import { copyProject, type ProjectCopy } from "./harness/project-copy.ts";
import { kafkaBroker, mockoonUrl, mongoUri } from "./harness/servers.ts";
import { PROJECT } from "./harness/service-process.ts";
import { until } from "./harness/until.ts";

/** A piece of code that a tutorial tells to write. */
interface Piece {
  readonly path: string;
  /** The line before which it goes; a file of its own where there is none. */
  readonly before: string | undefined;
  readonly code: string;
}

/** A copy of the project in which somebody has followed a tutorial. */
async function followed(tutorial: string): Promise<ProjectCopy & { pieces: Piece[] }> {
  const copy = copyProject(true);
  const { folder } = copy;
  const pieces = piecesOf(await Bun.file(join(PROJECT, tutorial)).text());
  for (const { path, before, code } of pieces) {
    const file = Bun.file(join(folder, path));
    expect({ path, isThere: await file.exists() }).toEqual({ path, isThere: before !== undefined });
    await $`mkdir -p ${dirname(join(folder, path))}`;
    await Bun.write(file, before === undefined ? code : (await file.text()).replace(before, code + before));
  }
  return { ...copy, pieces };
}

function piecesOf(page: string): Piece[] {
  const marked =
    /<!-- (?:file: (?<file>\S+)|insert: (?<into>\S+) before "(?<before>[^"]+)") -->\n```ts\n(?<code>[\s\S]*?)```/g;
  return [...page.matchAll(marked)].map(({ groups }) => ({
    path: groups?.["file"] ?? groups?.["into"] ?? "",
    before: groups?.["before"],
    code: groups?.["code"] ?? "",
  }));
}

/** Runs a command there; its output is the message when it fails. */
async function run(folder: string, ...command: string[]): Promise<void> {
  // The servers that this run shares are shared with it, too.
  await Promise.all([kafkaBroker(), mongoUri(), mockoonUrl()]);
  const { exitCode, stdout, stderr } = await $`${command}`.cwd(folder).quiet().nothrow();
  if (exitCode !== 0) throw new Error(`${command.join(" ")} exited with ${exitCode}:\n${stdout}${stderr}`);
}

/** The types of everything, and the lint of what the tutorial touches. */
async function check(folder: string, ...touched: string[]): Promise<void> {
  await run(folder, process.execPath, "x", "--bun", "tsc", "--noEmit");
  await run(folder, process.execPath, "x", "--bun", "biome", "check", "--error-on-warnings", ...touched);
}

test("docs/add-a-source.md makes a third source in less than 60 lines that keeps every promise of a source", async () => {
  using copy = await followed("docs/add-a-source.md");
  const lines = copy.pieces.flatMap(({ code }) => code.split("\n").filter((line) => line.trim() !== ""));
  expect(copy.pieces.map(({ path }) => path)).toEqual([
    "contract/sources.ts",
    "producer-kiosk/source.ts",
    "producer-kiosk/health.ts",
    "producer-kiosk/main.ts",
  ]);
  expect(lines.length).toBeLessThan(60);
  await check(copy.folder, "contract", "producer-kiosk");
  await run(copy.folder, process.execPath, "test", "test/sources.test.ts", "--test-name-pattern", "producer-kiosk");
}, 180_000);

test.skipIf(findChromium() === undefined)(
  "and the page shows it without another change",
  async () => {
    using copy = await followed("docs/add-a-source.md");
    const harness = (await import(join(copy.folder, "test/harness/pipeline.ts"))) as {
      createPipeline(): Promise<Pipeline>;
    };
    await using pipeline = await harness.createPipeline();
    const kiosk = await pipeline.start("producer-kiosk" as "producer");
    const consumer = await pipeline.start("consumer");
    const dashboard = await pipeline.start("dashboard", { KIOSK_URL: kiosk.url, CONSUMER_URL: consumer.url });
    await setRate(kiosk.url, 200);
    await using opened = await openPage(dashboard.url);
    const { page, complaints } = opened;
    await until("its rate is shown", async () => numberIn((await tile(page, "kiosk")).value) > 150);
    expect(await textOf(page.locator(".node.kiosk h3"))).toBe("Kiosk");
    const colors = await page
      .locator(".node.source .mark")
      .evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark).backgroundColor));
    expect(new Set(colors).size).toBe(3);
    expect(await textOf(page.locator("#order-status"))).toContain("Kiosk");
    await setRate(kiosk.url, 0);
    const { acknowledged } = await until("all is sent", async () => {
      const stats = await getJson<{ acknowledged: number; pending: number }>(`${kiosk.url}/stats`);
      return stats.pending === 0 && stats;
    });
    await until("all is stored", async () => numberIn((await tile(page, "kiosk")).note) === acknowledged);
    await until("all is accounted for", async () => (await tile(page, "accounted")).note.startsWith("✓ all"));
    expect(complaints).toEqual([]);
  },
  120_000,
);

test("docs/add-a-sink.md makes a sink that keeps every promise of a sink", async () => {
  using copy = await followed("docs/add-a-sink.md");
  expect(copy.pieces.map(({ path }) => path)).toEqual(["consumer/sink-ndjson.ts", "test/sink-ndjson.test.ts"]);
  await check(copy.folder, "consumer", "test/sink-ndjson.test.ts");
  await run(copy.folder, process.execPath, "test", "test/sink-ndjson.test.ts");
}, 120_000);
