import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataDir } from "./data-dir.ts";
import { beginRun, isGoingOn, readRun } from "./run-file.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "data-dir-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a folder that is not ours is refused and nothing in it is touched", () => {
  const foreign = join(folder, "foreign");
  mkdirSync(join(foreign, "kafka"), { recursive: true });
  writeFileSync(join(foreign, "kafka", "precious"), "");
  expect(() => openDataDir(foreign)).toThrow(/not a data folder of ours[\s\S]*--data-dir/);
  expect(readdirSync(foreign, { recursive: true })).toEqual(["kafka", "kafka/precious"]);
});

test("forgetting deletes what we made and nothing else", () => {
  const dir = openDataDir(join(folder, "ours"));
  for (const name of [dir.kafka, dir.mongo, join(dir.path, "logs"), join(dir.path, "notes")]) mkdirSync(name);
  openDataDir(dir.path).forget();
  expect(readdirSync(dir.path).sort()).toEqual([".transactions-pipeline", "notes"]);
});

test("a folder that can't be written is one clear message", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => openDataDir(join(folder, "file", "data"))).toThrow(/can't be written[\s\S]*do: make it writable/);
});

test("only one run at a time has a folder", () => {
  const file = join(folder, "run.json");
  const first = beginRun(file, [], { producer: 8000 });
  expect(beginRun(file, [], {})).toBeUndefined();
  const run = readRun(file);
  expect(run && isGoingOn(run)).toBe(true);
  expect(run?.ports).toEqual({ producer: 8000 });
  first?.end();
  expect(existsSync(file)).toBe(false);
  expect(beginRun(file, [], {})).toBeDefined();
});

test("a run whose surrounding command is gone is not going on", () => {
  const file = join(folder, "wrapped.json");
  beginRun(file, [{ pid: process.pid, started: "another start" }], {});
  const run = readRun(file);
  expect(run && isGoingOn(run)).toBe(false);
});
