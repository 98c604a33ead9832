import { join } from "node:path";
import { fetchKafka } from "../../stack/fetch-kafka.ts";
import { fetchMongod } from "../../stack/fetch-mongod.ts";
import { freePort, freePorts } from "../../stack/free-port.ts";
import { startKafka } from "../../stack/kafka-server.ts";
import { startMockoon } from "../../stack/mockoon-server.ts";
import { type MongoOptions, startMongo } from "../../stack/mongo-server.ts";
import { noProgress } from "../../stack/progress.ts";
import type { Server } from "../../stack/server.ts";
import { endWithUs, removeFolder, temporaryFolder } from "./end-with-us.ts";

/** Where `bun run test` tells the test processes which servers they share. */
export const SHARED = { kafka: "TEST_KAFKA_BROKER", mongo: "TEST_MONGO_URI", mockoon: "TEST_MOCKOON_URL" } as const;

/** A server of a test's own, which it may stop, kill and start again on the same data and port. */
export interface OwnServer extends AsyncDisposable {
  /** Gracefully, and waits. */
  stop(): Promise<void>;
  /** With SIGKILL, and waits. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Of the process that runs now. */
  pid(): number;
  /** Again, after it was stopped or killed. */
  start(): Promise<void>;
}

/** A broker of the test's own. */
export interface OwnKafka extends OwnServer {
  readonly broker: string;
  /** A folder for each partition, `topic-0`. */
  readonly logFolder: string;
}

/** A mongod of the test's own; `failCommand` works on it. */
export interface OwnMongo extends OwnServer {
  readonly uri: string;
}

/**
 * Starts a broker for one test.
 *
 * @param properties - of the broker, such as `message.max.bytes`
 */
export async function startOwnKafka(properties: Readonly<Record<string, string>> = {}): Promise<OwnKafka> {
  const kafka = await fetchKafka(noProgress);
  const [port = 0, controllerPort = 0] = await freePorts(2);
  const folder = temporaryFolder("pipeline-test-");
  const own = await ownServer(folder, () =>
    startKafka({
      kafka,
      port,
      controllerPort,
      dataDir: join(folder, "data"),
      logFile: join(folder, "log"),
      properties,
    }),
  );
  return { ...own, broker: `127.0.0.1:${port}`, logFolder: join(folder, "data", "log") };
}

/** What of a mongod may differ from the one of `bun start`. */
export type OwnMongoOptions = Pick<MongoOptions, "cacheSizeGb" | "engineConfig">;

/** Starts a mongod for one test. */
export async function startOwnMongo(options: OwnMongoOptions = {}): Promise<OwnMongo> {
  const binary = await fetchMongod(noProgress);
  const port = await freePort();
  const folder = temporaryFolder("pipeline-test-");
  const own = await ownServer(folder, () =>
    startMongo({
      ...options,
      binary,
      port,
      dataDir: join(folder, "data"),
      logFile: join(folder, "log"),
      extraArgs: ["--setParameter", "enableTestCommands=1"],
    }),
  );
  return { ...own, uri: `mongodb://127.0.0.1:${port}/?replicaSet=rs0&directConnection=true` };
}

async function ownServer(folder: string, start: () => Promise<Server>): Promise<OwnServer> {
  let server = endWithUs(await start());
  const kill = async (): Promise<void> => {
    server.kill("SIGKILL");
    await server.exited;
  };
  return {
    pid: () => server.pid,
    stop: () => server.stop(),
    kill,
    signal: (signal) => server.kill(signal),
    start: async () => {
      server = endWithUs(await start());
    },
    [Symbol.asyncDispose]: async () => {
      // What it would write down on its way out is deleted.
      await kill();
      removeFolder(folder);
    },
  };
}

/** Servers that many tests use; none of them may break one. */
export interface SharedServers extends AsyncDisposable {
  /** For the environment of the test processes. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts the shared servers, two at a time on two cores. */
export async function startSharedServers(): Promise<SharedServers> {
  const [kafka, mongo] = await Promise.all([startOwnKafka(), startOwnMongo()]);
  const mockoon = await startOwnMockoon();
  const servers = [kafka, mongo, mockoon];
  return {
    env: { [SHARED.kafka]: kafka.broker, [SHARED.mongo]: mongo.uri, [SHARED.mockoon]: mockoon.url },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

async function startOwnMockoon(): Promise<OwnServer & { readonly url: string }> {
  const port = await freePort();
  const folder = temporaryFolder("pipeline-test-");
  const own = await ownServer(folder, () => startMockoon({ port, logFile: join(folder, "log") }));
  return { ...own, url: `http://127.0.0.1:${port}/transactions` };
}

/** Address of the broker that tests share. */
export async function kafkaBroker(): Promise<string> {
  return shared(SHARED.kafka);
}

/** URI of the replica set that tests share. */
export async function mongoUri(): Promise<string> {
  return shared(SHARED.mongo);
}

/** Mockoon's `GET /transactions`. */
export async function mockoonUrl(): Promise<string> {
  return shared(SHARED.mockoon);
}

let lazily: Promise<SharedServers> | undefined;

/** With a bare `bun test` there are no shared servers yet: the first test that needs one starts all three. */
async function shared(name: string): Promise<string> {
  const known = process.env[name];
  if (known !== undefined) return known;
  lazily ??= startSharedServers();
  return (await lazily).env[name] ?? "";
}

/** Stops what {@link shared} started, if anything. Bun's test runner ends without the event `exit`. */
export async function endSharedServers(): Promise<void> {
  const servers = await lazily;
  lazily = undefined;
  await servers?.[Symbol.asyncDispose]();
}
