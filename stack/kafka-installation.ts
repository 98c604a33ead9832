import type { Java } from "./find-java.ts";

/** A Kafka that is ready to be started. */
export interface KafkaInstallation {
  readonly java: Java;
  /** All jars, joined as `-cp` wants them. */
  readonly classpath: string;
  /** A formatted, empty log folder to copy. */
  readonly formattedStorage: string;
  /** Archive of loaded classes, for a faster start; undefined where this Java can't make one. */
  readonly classArchive: string | undefined;
}
