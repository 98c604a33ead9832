import { expect, test } from "bun:test";
import { join } from "node:path";
import { SOURCES } from "#contract/sources.ts";
import { withEnvironmentTable } from "../stack/environment-table.ts";
import { PROJECT } from "./harness/service-process.ts";

const readme = await Bun.file(join(PROJECT, "README.md")).text();

test("the README's table of variables is what the code reads (bun stack/environment-table.ts writes it)", () => {
  expect(readme).toBe(withEnvironmentTable(readme));
  expect(readme).toContain("`KAFKA_BROKER`");
});

test("the README's commands and ports are the real ones", async () => {
  const { scripts } = (await Bun.file(join(PROJECT, "package.json")).json()) as { scripts: Record<string, string> };
  for (const [, command = ""] of readme.matchAll(/`bun run (\w+)/g)) expect(Object.keys(scripts)).toContain(command);
  for (const { port, streamPath } of SOURCES) {
    expect(readme).toContain(`http://localhost:${port}/docs`);
    expect(readme).toContain(`GET ${streamPath}`);
  }
});

test("every file that the documents link to is there", async () => {
  for (const document of ["README.md", "CONTRIBUTING.md"]) {
    const text = await Bun.file(join(PROJECT, document)).text();
    for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      expect(`${target} ${await Bun.file(join(PROJECT, target)).exists()}`).toBe(`${target} true`);
    }
  }
});
