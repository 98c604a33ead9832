import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "start-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (...args: string[]): Promise<{ exitCode: number | null; output: string }> =>
  (await runProgram([process.execPath, join(import.meta.dir, "start.ts"), ...args])) ?? { exitCode: -1, output: "" };

for (const [args, complaint] of [
  [["--frsh"], "'--frsh'"],
  [["now"], "'now'"],
  [["--port-offset", "many"], "--port-offset takes a number from 0 to"],
  [["--port-offset", "60000"], "not 60000"],
] as const)
  test(`bun start ${args.join(" ")} is refused with exit code 64`, async () => {
    const { exitCode, output } = await start(...args);
    expect(output).toContain(complaint);
    expect(exitCode).toBe(64);
  });

test("--help explains every option and starts nothing", async () => {
  const { exitCode, output } = await start("--help", "--data-dir", join(folder, "help"));
  expect(exitCode).toBe(0);
  for (const option of ["--fresh", "--port-offset", "--data-dir"]) expect(output).toContain(option);
  expect(readdirSync(folder)).toEqual([]);
});
