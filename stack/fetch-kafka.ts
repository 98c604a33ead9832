import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, makeOnce } from "./cache-folder.ts";
import { downloadJars } from "./download-jars.ts";
import { findJava } from "./find-java.ts";
import type { KafkaInstallation } from "./kafka-installation.ts";
import { archiveClasses, formatStorage } from "./kafka-warm-up.ts";
import { type Progress, seconds } from "./progress.ts";

const KAFKA_VERSION = "4.3.0";
const POM = join(import.meta.dir, "kafka", "pom.xml");

/**
 * Fetches Kafka and a Java for it where they are not in the cache yet.
 *
 * @param signal - ends a download
 * @throws StackError that names the program that is missing or failed, and what to do
 */
export async function fetchKafka(progress: Progress, signal?: AbortSignal): Promise<KafkaInstallation> {
  const started = performance.now();
  const java = await findJava(progress, signal);
  const key = createHash("sha256").update(readFileSync(POM)).digest("hex").slice(0, 8);
  const folder = join(cacheFolder(), `kafka-${KAFKA_VERSION}-${key}`);
  const jars = await makeOnce(join(folder, "jars"), (temporary) =>
    downloadJars({ what: `Kafka ${KAFKA_VERSION}`, pom: POM, java, folder: temporary, progress, signal }),
  );
  const classpath = readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => join(jars, name))
    .join(":");
  const formattedStorage = await makeOnce(join(folder, "formatted-storage"), (temporary) =>
    formatStorage(java, classpath, temporary, signal),
  );
  const archives = await makeOnce(join(folder, `classes-java-${java.version}`), (temporary) => {
    progress("preparing a faster start …");
    return archiveClasses({ java, classpath, formattedStorage, classArchive: undefined }, temporary, signal);
  });
  const [archive] = readdirSync(archives);
  const elapsedMs = performance.now() - started;
  if (elapsedMs > 1_000) progress(`fetched (${seconds(elapsedMs)})`);
  return { java, classpath, formattedStorage, classArchive: archive && join(archives, archive) };
}
