import { expect, test } from "bun:test";
import { join } from "node:path";
import { PORTS } from "../stack/ports.ts";
import { PROJECT } from "./harness/service-process.ts";

const readme = await Bun.file(join(PROJECT, "README.md")).text();

test("every environment variable, port and error code that the README names is in the code", async () => {
  const code = await sources();
  const names = new Set([...readme.matchAll(/`([A-Z][A-Z0-9]+_[A-Z0-9_]+)`/g)].map(([, name = ""]) => name));
  expect(names.size).toBeGreaterThan(25);
  expect([...names].filter((name) => !code.includes(name))).toEqual([]);
  const ports = new Set([...readme.matchAll(/localhost:(\d+)/g)].map(([, port]) => Number(port)));
  const known = new Set<number>(Object.values(PORTS));
  expect([...ports].filter((port) => !known.has(port))).toEqual([]);
  const codes = new Set([...readme.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, name = ""]) => name));
  expect([...codes].filter((name) => !code.includes(name))).toEqual([]);
});

/** The text of all that is no test and no document. */
async function sources(): Promise<string> {
  const files = new Bun.Glob(
    "{contract,runtime,source,producer,producer-mockoon,consumer,dashboard,stack,verify,drill}/**/*.ts",
  );
  const texts: Promise<string>[] = [];
  for (const path of files.scanSync(PROJECT)) texts.push(Bun.file(join(PROJECT, path)).text());
  texts.push(Bun.file(join(PROJECT, "docker-compose.project.yml")).text());
  texts.push(Bun.file(join(PROJECT, "package.json")).text());
  return (await Promise.all(texts)).join("\n");
}
