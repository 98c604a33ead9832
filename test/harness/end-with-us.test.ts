import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { PROJECT } from "./service-process.ts";
import { until } from "./until.ts";

const CODE = `
  import { startOwnMongo } from "./test/harness/servers.ts";
  import { temporaryFolder } from "./test/harness/end-with-us.ts";
  const mongo = await startOwnMongo();
  console.log(JSON.stringify({ pid: mongo.pid(), folder: temporaryFolder("pipeline-test-") }));
  setInterval(() => {}, 1_000);
`;

test("a run that is ended by a signal leaves neither its servers nor their folders behind", async () => {
  const child = Bun.spawn([process.execPath, "-e", CODE], { cwd: PROJECT, stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  const { pid, folder } = JSON.parse(value ?? "") as { pid: number; folder: string };
  const ofMongo = (await Bun.file(`/proc/${pid}/cmdline`).text()).split("\0");
  const data = ofMongo[ofMongo.indexOf("--dbpath") + 1] ?? "";
  expect([existsSync(folder), existsSync(data)]).toEqual([true, true]);
  child.kill("SIGTERM");
  expect(await child.exited).not.toBe(0);
  await until("mongod has ended", () => !existsSync(`/proc/${pid}`));
  expect([existsSync(folder), existsSync(data)]).toEqual([false, false]);
});
