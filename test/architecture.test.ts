import { expect, test } from "bun:test";
import { Glob } from "bun";
import { SERVICES } from "../stack/services.ts";
import { PROJECT } from "./harness/service-process.ts";

interface Cruise {
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

async function cruise(): Promise<Cruise> {
  const child = Bun.spawn(
    [process.execPath, "x", "--bun", "depcruise", "--config", ".dependency-cruiser.cjs", "--output-type", "json", "."],
    { cwd: PROJECT, stdout: "pipe", stderr: "inherit" },
  );
  return (await new Response(child.stdout).json()) as Cruise;
}

test("nobody imports what is not theirs, and the tool that says so really saw every module and its imports", async () => {
  const { modules, summary } = await cruise();
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);

  const seen = new Map(modules.map((module) => [module.source, module.dependencies.length]));
  const rooms = ["contract", "runtime", "source", ...SERVICES, "stack", "verify"];
  const files: string[] = [];
  for (const room of rooms) {
    const found = [...new Glob("**/*.ts").scanSync(`${PROJECT}/${room}`)].filter((file) => !file.endsWith(".d.ts"));
    expect(`${room} ${found.length > 0}`).toBe(`${room} true`);
    files.push(...found.map((file) => `${room}/${file}`));
  }
  expect(files.filter((file) => !seen.has(file))).toEqual([]);
  // A tool that does not understand TypeScript sees files, but not what they import.
  expect(seen.get("runtime/service.ts")).toBeGreaterThan(5);
  expect(seen.get("consumer/main.ts")).toBeGreaterThan(3);
}, 60_000);
