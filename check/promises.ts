import { resolve } from "node:path";
import { Glob } from "bun";
import { testNames } from "./test-names.ts";

const PROJECT = resolve(import.meta.dir, "..");
/** Suites that others run as theirs are chapters, too. */
const FILES = [
  "{contract,runtime,source,producer,producer-mockoon,consumer,dashboard}/**/*.test.ts",
  "test/**/*.ts",
  "{stack,verify,drill,bench,check,publish}/**/*.test.ts",
];

// `bun run promises`: what the tests promise, by chapter; nothing is run.
let count = 0;
for (const pattern of FILES) {
  for (const path of [...new Glob(pattern).scanSync(PROJECT)].sort()) {
    const names = testNames(path, await Bun.file(`${PROJECT}/${path}`).text());
    if (names.length === 0) continue;
    process.stdout.write(`\n${path}\n`);
    for (const { path: words } of names) process.stdout.write(`  - ${words.join(" › ")}\n`);
    count += names.length;
  }
}
process.stdout.write(`\n${count} promises\n`);
