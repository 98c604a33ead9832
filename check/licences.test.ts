import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkLicences, isPermissive } from "./licences.ts";

test.each([
  ["MIT", true],
  ["(MIT OR GPL-3.0)", true],
  ["MIT AND BSD-3-Clause", true],
  ["MIT AND GPL-3.0", false],
  ["GPL-3.0-only", false],
  ["UNLICENSED", false],
  ["", false],
])("the licence %p is taken: %p", (licence, taken) => {
  expect(isPermissive(licence)).toBe(taken);
});

test("a package without a licence that we may use is found, wherever it lies", async () => {
  const project = mkdtempSync(join(tmpdir(), "licences-"));
  try {
    const write = (path: string, manifest: object): Promise<number> =>
      Bun.write(join(project, "node_modules", path, "package.json"), JSON.stringify({ version: "1.0.0", ...manifest }));
    await write("good", { name: "good", license: "MIT" });
    await write("@scope/old", { name: "@scope/old", licenses: [{ type: "MIT" }] });
    await write("good/node_modules/bad", { name: "bad", license: "GPL-3.0" });
    await write("none", { name: "none" });
    const { count, wrong } = await checkLicences(project);
    expect(count).toBe(4);
    expect(wrong.map(({ name }) => name).sort()).toEqual(["bad@1.0.0", "none@1.0.0"]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
