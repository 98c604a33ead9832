import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "./install-packages.ts";

let project = "";
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "install-packages-"));
  writeFileSync(join(project, "package.json"), '{ "name": "empty" }');
  // There is nothing to download for it, but it has to be written.
  Bun.spawnSync([process.execPath, "install", "--lockfile-only"], { cwd: project, stdout: "ignore", stderr: "ignore" });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

test("packages are installed when they are missing, and again when the lock file or a patch has changed", () => {
  expect(installPackages(project)).toBe(true);
  expect(installPackages(project)).toBe(false);
  mkdirSync(join(project, "patches"));
  writeFileSync(join(project, "patches", "some.patch"), "");
  expect(installPackages(project)).toBe(true);
  expect(installPackages(project)).toBe(false);
  rmSync(join(project, "node_modules"), { recursive: true });
  expect(installPackages(project)).toBe(true);
});

test("an installation that fails says what bun said, and is tried again", () => {
  writeFileSync(join(project, "package.json"), '{ "name": "empty", "dependencies": { "no": "file:./nowhere" } }');
  expect(() => installPackages(project)).toThrow(/can't be installed[\s\S]*nowhere/);
  expect(() => installPackages(project)).toThrow(/can't be installed/);
});
