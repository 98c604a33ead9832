import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { KafkaInstallation } from "./kafka-installation.ts";
import { type KafkaPlace, kafkaProperties } from "./kafka-properties.ts";
import { randomKafkaId } from "./random-kafka-id.ts";
import type { Server, StartOptions } from "./server.ts";
import { spawnServer } from "./spawn-server.ts";

/** How to start a broker. */
export interface KafkaOptions extends Omit<KafkaPlace, "logFolder">, StartOptions {
  readonly kafka: KafkaInstallation;
  /** Its own folder: formatted when it is empty, recovered when it is not. */
  readonly dataDir: string;
  /** What the broker says. */
  readonly logFile: string;
  /** More options for Java. */
  readonly javaOptions?: readonly string[];
  /** @default 768 */
  readonly heapMb?: number;
}

/** A running broker. */
export interface KafkaServer extends Server {
  /** `127.0.0.1:PORT`, for `KAFKA_BROKER`. */
  readonly broker: string;
}

const LOG4J = join(import.meta.dir, "kafka", "log4j2.xml");

/**
 * Starts Kafka as one node (KRaft) on 127.0.0.1 and waits until it serves. The ports may differ from the last start
 * on the same data.
 *
 * @throws StackError with the end of its log when it doesn't start
 */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const { kafka, dataDir, port, logFile } = options;
  const logFolder = join(dataDir, "log");
  await formatWhenEmpty(kafka, logFolder);
  const properties = join(dataDir, "server.properties");
  await Bun.write(properties, kafkaProperties({ ...options, logFolder }));
  const archive = kafka.classArchive === undefined ? [] : [`-XX:SharedArchiveFile=${kafka.classArchive}`];
  const server = await spawnServer({
    name: "kafka",
    port,
    logFile,
    onSpawn: options.onSpawn,
    signal: options.signal,
    command: [
      kafka.java.binary,
      `-Xmx${options.heapMb ?? 768}m`,
      "-XX:+ExitOnOutOfMemoryError",
      `-XX:ErrorFile=${join(dataDir, "java-crash.log")}`,
      "-XX:-UsePerfData",
      "-Xshare:auto",
      // Without it a note about an archive that does not fit goes to the log at each start.
      "-Xlog:cds=off",
      "-Xlog:cds+dynamic=off",
      ...archive,
      ...(options.javaOptions ?? []),
      "-Djava.awt.headless=true",
      `-Dlog4j2.configurationFile=${LOG4J}`,
      `-Dkafka.log.file=${logFile}`,
      "-cp",
      kafka.classpath,
      "kafka.Kafka",
      properties,
    ],
    // Its last line, written when the broker is registered, unfenced, and all listeners take requests.
    ready: (log) => log().includes("Kafka Server started"),
  });
  return { ...server, broker: `127.0.0.1:${port}` };
}

async function formatWhenEmpty(kafka: KafkaInstallation, logFolder: string): Promise<void> {
  const meta = join(logFolder, "meta.properties");
  if (existsSync(meta)) return;
  await rm(logFolder, { recursive: true, force: true });
  await mkdir(logFolder, { recursive: true });
  await cp(kafka.formattedStorage, logFolder, { recursive: true });
  const copied = await Bun.file(join(kafka.formattedStorage, "meta.properties")).text();
  const own = copied.replace(/^(cluster\.id|directory\.id)=.*$/gm, (_, name: string) => `${name}=${randomKafkaId()}`);
  await Bun.write(meta, own);
}
