import { expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { Glob } from "bun";
import { SOURCES } from "#contract/sources.ts";
import { withFiguresTable } from "../bench/figures-table.ts";
import { withEnvironmentTable } from "../stack/environment-table.ts";
import { PROJECT } from "./harness/service-process.ts";

const readme = await Bun.file(join(PROJECT, "README.md")).text();

test("the README's table of variables is what the code reads (bun stack/environment-table.ts writes it)", () => {
  expect(readme).toBe(withEnvironmentTable(readme));
  expect(readme).toContain("`KAFKA_BROKER`");
});

test("the README's table of figures is what was measured (bun bench/figures-table.ts writes it)", async () => {
  const results = await Bun.file(join(PROJECT, "bench/RESULTS.md")).text();
  expect(readme).toBe(withFiguresTable(readme, results));
  expect(readme).toMatch(/\| \*\*[\d,]+\*\*.* \| .*aiokafka/);
});

test("the README's commands and ports are the real ones", async () => {
  const { scripts } = (await Bun.file(join(PROJECT, "package.json")).json()) as { scripts: Record<string, string> };
  for (const [, command = ""] of readme.matchAll(/`bun run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(command);
  for (const { port, streamPath } of SOURCES) {
    expect(readme).toContain(`http://localhost:${port}/docs`);
    expect(readme).toContain(`GET ${streamPath}`);
  }
});

test("every file that the documents link to is there", async () => {
  const documents = ["README.md", "CONTRIBUTING.md", ...new Glob("docs/*.md").scanSync(PROJECT)];
  for (const document of documents) {
    const text = await Bun.file(join(PROJECT, document)).text();
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const exists = await Bun.file(join(PROJECT, dirname(document), target)).exists();
      expect(`${document}: ${target} ${exists}`).toBe(`${document}: ${target} true`);
    }
  }
});

test("every test that the guarantees rest on exists", async () => {
  const files = ["*/*.test.ts", "*/*/*.test.ts", "test/*/*.ts"].flatMap((pattern) => [
    ...new Glob(pattern).scanSync(PROJECT),
  ]);
  const code = (await Promise.all(files.map((file) => Bun.file(join(PROJECT, file)).text()))).join("\n");
  const text = (await Bun.file(join(PROJECT, "docs/guarantees.md")).text()).replaceAll(/\n\s+/g, " ");
  const named = [...text.matchAll(/"([^"\n]{20,})"/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !code.includes(name))).toEqual([]);
});
