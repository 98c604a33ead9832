import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Java } from "./find-java.ts";
import { freePorts } from "./free-port.ts";
import type { KafkaInstallation } from "./kafka-installation.ts";
import { kafkaProperties } from "./kafka-properties.ts";
import { startKafka } from "./kafka-server.ts";
import { randomKafkaId } from "./random-kafka-id.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { StackError } from "./stack-error.ts";

/**
 * Formats a log folder with Kafka's own tool. That takes a Java process, about a second, so it is done once and the
 * result copied: apart from two random ids in `meta.properties` it is the same for everybody.
 */
export async function formatStorage(
  java: Java,
  classpath: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const properties = `${folder}.properties`;
  try {
    await Bun.write(properties, kafkaProperties({ logFolder: folder, port: 9092, controllerPort: 9093 }));
    const tool = [java.binary, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", classpath, "kafka.tools.StorageTool"];
    const result = await runProgram([...tool, "format", "--cluster-id", randomKafkaId(), "--config", properties], {
      signal,
    });
    signal?.throwIfAborted();
    if (result?.exitCode !== 0)
      throw new StackError(`Kafka can't format its storage\n${lastLines(result?.output ?? "no java")}`);
  } finally {
    await rm(properties, { force: true });
  }
}

/**
 * Starts a broker once and has Java write down the classes that it loaded: with that archive a broker starts in
 * about half of the time.
 *
 * @param folder - where the archive goes; stays empty when this Java can't make one
 */
export async function archiveClasses(kafka: KafkaInstallation, folder: string, signal?: AbortSignal): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "kafka-warm-up-"));
  const archive = join(dataDir, "kafka.jsa");
  try {
    const [port = 0, controllerPort = 0] = await freePorts(2);
    const server = await startKafka({
      kafka,
      dataDir,
      port,
      controllerPort,
      logFile: join(dataDir, "kafka.log"),
      signal,
      javaOptions: [`-XX:ArchiveClassesAtExit=${archive}`],
    });
    await server.stop();
    if (await Bun.file(archive).exists()) await Bun.write(join(folder, "kafka.jsa"), Bun.file(archive));
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
