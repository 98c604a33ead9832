import { join } from "node:path";
import type { Kafka } from "kafkajs";
import { MongoClient } from "mongodb";
import { SOURCES, type Source } from "#contract/sources.ts";
import { readConfig } from "#runtime/config.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { createLog } from "#runtime/log.ts";
import { urlsOf } from "#runtime/source-places.ts";
import { pipelineEnvironment } from "../stack/pipeline-environment.ts";
import type { Ports } from "../stack/ports.ts";
import { isAlive, signal } from "../stack/process-identity.ts";
import { isGoingOn, type RunningPart, readRun } from "../stack/run-file.ts";
import { messageOf, StackError } from "../stack/stack-error.ts";
import { VERIFY_VARIABLES, type VerifyConfig } from "../verify/config.ts";

const POLL_MS = 50;
const LONGEST_RESTART_MS = 120_000;

/** The pipeline that `bun start` runs in a folder, seen from outside. */
export class RunningStack implements AsyncDisposable {
  /** The environment by which a service finds the others. */
  readonly env: Readonly<Record<string, string>>;
  readonly config: VerifyConfig;
  readonly kafka: Kafka;
  readonly mongo: MongoClient;
  readonly #runFile: string;

  private constructor(runFile: string, ports: Ports) {
    this.#runFile = runFile;
    const given = Object.fromEntries(
      Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    this.env = { ...given, ...pipelineEnvironment(ports, process.env) };
    this.config = readConfig("drill", VERIFY_VARIABLES, this.env);
    const log = createLog({ service: "drill", level: "silent", format: "text" });
    this.kafka = createKafka(this.config, "drill", log);
    this.mongo = new MongoClient(this.config.MONGO_URI, {
      serverSelectionTimeoutMS: 1_000,
      connectTimeoutMS: 1_000,
      socketTimeoutMS: 5_000,
    });
  }

  /** @throws StackError when no pipeline runs there */
  static find(dataDir: string): RunningStack {
    const file = join(dataDir, "run.json");
    const run = readRun(file);
    if (run === undefined || !isGoingOn(run)) {
      throw new StackError(
        `no pipeline runs in ${dataDir}\n  do: run bun start in another terminal and wait for its line "ready"`,
      );
    }
    return new RunningStack(file, run.ports as Ports);
  }

  /**
   * Sends a signal to a part.
   *
   * @throws StackError when it does not run
   */
  send(name: string, which: NodeJS.Signals): RunningPart {
    const part = this.#part(name);
    if (part === undefined || !signal(part, which)) throw new StackError(`${name} does not run: no drill can hit it`);
    return part;
  }

  /** Waits until a part that was ended runs again under another number, and is ready if it is a service. */
  async untilReplaced(name: string): Promise<void> {
    const before = this.#part(name);
    const deadline = performance.now() + LONGEST_RESTART_MS;
    for (;;) {
      const part = this.#part(name);
      const replaced = part !== undefined && (before === undefined || !isAlive(before) || part.pid !== before.pid);
      if (replaced && isAlive(part) && part.pid !== before?.pid) return;
      if (performance.now() > deadline) throw new StackError(`${name} was not started again within 120 s`);
      await Bun.sleep(POLL_MS);
    }
  }

  /**
   * Asks a source.
   *
   * @throws when it refuses or does not answer
   */
  async request(source: Source, method: "GET" | "PUT", path: string, body?: unknown): Promise<Record<string, unknown>> {
    const token = this.env["API_TOKEN"];
    const base = urlsOf(SOURCES, this.config)[source.id];
    const answer = await fetch(new URL(path, base), {
      method,
      signal: AbortSignal.timeout(10_000),
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new StackError(
        `${source.service} does not answer at ${base}\n  found: ${messageOf(error)}\n  do: wait until bun start has said ready, then begin again`,
      );
    });
    if (!answer.ok)
      throw new Error(`${method} ${path} of ${source.service} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** Everything that runs now, the newest of each name. */
  parts(): RunningPart[] {
    const parts = readRun(this.#runFile)?.parts ?? [];
    return [...new Map(parts.map((part) => [part.name, part])).values()];
  }

  #part(name: string): RunningPart | undefined {
    return this.parts().find((part) => part.name === name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mongo.close();
  }
}
