import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withAdmin } from "../test/harness/topics.ts";
import { createTopics } from "./create-topics.ts";
import { fetchKafka } from "./fetch-kafka.ts";
import { freePorts } from "./free-port.ts";
import { startKafka } from "./kafka-server.ts";
import { noProgress } from "./progress.ts";

test("a topic is created although its broker dies and comes back meanwhile", async () => {
  const kafka = await fetchKafka(noProgress);
  const folder = mkdtempSync(join(tmpdir(), "create-topics-"));
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const options = { kafka, port, controllerPort, dataDir: join(folder, "kafka"), logFile: join(folder, "kafka.log") };
  try {
    await using first = await startKafka(options);
    await withAdmin(first.broker, async (admin) => {
      first.kill("SIGKILL");
      await first.exited;
      const [, again] = await Promise.all([
        createTopics(admin, [{ topic: "made", numPartitions: 2 }]),
        startKafka(options),
      ]);
      await using _ = again;
      expect(await admin.listTopics()).toEqual(["made"]);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);
