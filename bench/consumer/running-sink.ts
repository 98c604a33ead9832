import { join } from "node:path";
import { MongoClient } from "mongodb";
import { endWithUs } from "../../test/harness/end-with-us.ts";
import { withDatabase } from "../../test/harness/pipeline.ts";
import { randomName } from "../../test/harness/topics.ts";
import type { ContestantSink } from "./contestant-sink.ts";

/** Where a sink is to run. */
export interface RunOptions {
  readonly broker: string;
  readonly topics: readonly string[];
  readonly mongoUri: string;
  readonly folder: string;
  /** Processes in one group. @default 1 */
  readonly processes?: number;
}

/** Sinks that were just started on an empty database, and a look into it. */
export interface RunningSink extends AsyncDisposable {
  readonly startedAt: number;
  readonly pids: readonly number[];
  readonly client: MongoClient;
  readonly database: string;
  /** Documents in `transactions`, from its metadata: cheap enough to ask every few milliseconds. */
  documents(): Promise<number>;
  /** @throws when a process has ended, with what it wrote */
  expectAlive(): void;
}

/** Starts one or more processes of a contestant as one group. */
export async function startSink(contestant: ContestantSink, options: RunOptions): Promise<RunningSink> {
  const { broker, topics, folder, processes = 1 } = options;
  const database = randomName("bench");
  const group = randomName("bench");
  const mongoUri = withDatabase(options.mongoUri, database);
  const client = await new MongoClient(mongoUri).connect();
  const commands = [];
  for (let index = 0; index < processes; index++)
    commands.push(await contestant.prepare({ broker, topics, group, mongoUri, database, folder }));
  const logs = commands.map((_, index) => join(folder, `${group}-${index}.log`));
  const startedAt = performance.now();
  const children = commands.map(({ command, env }, index) =>
    endWithUs(
      Bun.spawn([...command], {
        env: { ...process.env, ...env },
        stdin: "ignore",
        stdout: Bun.file(logs[index] ?? ""),
        stderr: Bun.file(`${logs[index]}.err`),
      }),
    ),
  );
  const transactions = client.db(database).collection("transactions");
  return {
    startedAt,
    client,
    database,
    pids: children.map(({ pid }) => pid),
    documents: () => transactions.estimatedDocumentCount(),
    expectAlive: () => {
      const dead = children.findIndex(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
      if (dead >= 0) throw new Error(`${contestant.name} ended by itself; see ${logs[dead]}`);
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill("SIGTERM");
      await Promise.race([Promise.all(children.map(({ exited }) => exited)), Bun.sleep(15_000)]);
      for (const child of children) child.kill("SIGKILL");
      await client.db(database).dropDatabase();
      await client.close();
    },
  };
}
