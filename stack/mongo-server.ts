import { mkdir } from "node:fs/promises";
import { MongoClient } from "mongodb";
import { makePrimary } from "./make-primary.ts";
import type { Server, StartOptions } from "./server.ts";
import { spawnServer } from "./spawn-server.ts";

/**
 * When WiredTiger writes changed pages down while it works, in percent of its cache: from the target on with threads of
 * its own, from the trigger on whoever writes has to help. As it comes that is 5 and 20 of changed pages, half of it of
 * updates, which suits caches of many GB. Of a small one it is so little that the pages of an index of random ids are
 * written again and again for an entry or two: more than a third of mongod's CPU time (`bun run bench consumer-eviction`).
 */
export const EVICTION =
  "eviction_dirty_target=20,eviction_dirty_trigger=40,eviction_updates_target=20,eviction_updates_trigger=40";

/** How to start mongod. */
export interface MongoOptions extends StartOptions {
  /** The `mongod` program, see `fetch-mongod.ts`. */
  readonly binary: string;
  /** Its own folder: initiated when it is empty, recovered when it is not. */
  readonly dataDir: string;
  readonly port: number;
  readonly logFile: string;
  /** @default "rs0" */
  readonly replicaSet?: string;
  /** @default 1 */
  readonly cacheSizeGb?: number;
  /**
   * Of WiredTiger; empty = as it comes.
   *
   * @default EVICTION
   */
  readonly engineConfig?: string;
  /** More arguments, such as `["--setParameter", "enableTestCommands=1"]`. */
  readonly extraArgs?: readonly string[];
}

/** A running mongod, primary of its replica set. */
export interface MongoServer extends Server {
  /** For `MONGO_URI`. */
  readonly uri: string;
}

/**
 * Starts mongod as a replica set of one on 127.0.0.1 and waits until it takes writes. The port may differ from the
 * last start on the same data.
 *
 * @throws StackError with the end of its log when it doesn't start
 */
export async function startMongo(options: MongoOptions): Promise<MongoServer> {
  const { dataDir, port, logFile, replicaSet = "rs0", cacheSizeGb = 1, engineConfig = EVICTION } = options;
  await mkdir(dataDir, { recursive: true });
  const uri = `mongodb://127.0.0.1:${port}/?replicaSet=${replicaSet}&directConnection=true`;
  // Until it is initiated it belongs to no set, and the driver would not take it with a set's name.
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 5_000,
    monitorCommands: false,
  });
  try {
    const server = await spawnServer({
      name: "mongo",
      port,
      logFile,
      onSpawn: options.onSpawn,
      signal: options.signal,
      command: [
        options.binary,
        ...["--dbpath", dataDir, "--bind_ip", "127.0.0.1", "--port", String(port), "--nounixsocket"],
        ...["--replSet", replicaSet, "--oplogSize", "990"],
        ...["--wiredTigerCacheSizeGB", String(cacheSizeGb), "--wiredTigerEngineConfigString", engineConfig],
        // It would wait 15 s for another member to become primary before it stops.
        ...["--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"],
        ...["--setParameter", "diagnosticDataCollectionEnabled=false"],
        ...(options.extraArgs ?? []),
      ],
      ready: async (log) =>
        log().includes('"Waiting for connections"') && (await makePrimary(client, replicaSet, port)),
    });
    return { ...server, uri };
  } finally {
    await client.close();
  }
}
