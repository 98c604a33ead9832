import { join } from "node:path";
import { freePort } from "../../stack/free-port.ts";
import { endWithUs } from "../../test/harness/end-with-us.ts";
import { startOwnKafka } from "../../test/harness/servers.ts";
import { PROJECT } from "../../test/harness/service-process.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";
import { until } from "../../test/harness/until.ts";
import { fastApiCommand } from "../fastapi-server.ts";
import { usageOf } from "../process-usage.ts";
import { peersPython } from "../python.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { runRounds, spreadOf } from "../rounds.ts";
import { buildProducer } from "./executable.ts";

const STARTS = 3;
const SETTLE_MS = 4_000;
const IDLE_SECONDS = 6;
const COMPILED = "**ours**, the executable of `bun run build`";
const SOURCE = "**ours**, `bun producer/main.ts`";
const PEER = "FastAPI + aiokafka under uvicorn";

interface Idle {
  readonly command: (port: number) => string[];
  readonly path: string;
}

/** How long from the start of the process to its first answer, and what does it cost while nothing is asked of it? */
export const startAndIdle: Question = { name: "start-and-idle", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  const python = await peersPython(onProgress);
  const executable = await buildProducer(onProgress);
  await using own = await startOwnKafka();
  const topic = randomName("bench");
  await createTopic(own.broker, topic);
  const env = { KAFKA_BROKER: own.broker, FAKER_TOPIC: topic, BROKER: own.broker, TOPIC: topic, RATE: "0" };
  const contestants: Readonly<Record<string, Idle>> = {
    [COMPILED]: { command: () => [...executable], path: "/" },
    [SOURCE]: { command: () => [process.execPath, join(PROJECT, "producer", "main.ts")], path: "/" },
    [PEER]: { command: (port) => fastApiCommand(python, port), path: "/livez" },
  };
  const measured = await runRounds(
    Object.entries(contestants).map(([name, idle]) => ({ name, run: () => startsAndIdles(idle, env) })),
    rounds,
    onProgress,
  );
  return {
    name: startAndIdle.name,
    question: "How long from the start of the process to its first 200, and what does it cost while idle?",
    how: `Start: from the spawn to the first 200, the median of ${STARTS} starts each round, asked again at once until it comes; Kafka runs. Idle: connected to Kafka, \`RATE=0\`, ${IDLE_SECONDS} s after ${SETTLE_MS / 1000} s to settle.`,
    measured,
    verdicts: [
      `it starts ${(1 / ratio(measured, "first 200 after ms", COMPILED, PEER)).toFixed(1)} × as fast as FastAPI`,
    ],
  };
}

async function startsAndIdles({ command, path }: Idle, env: Record<string, string>): Promise<Record<string, number>> {
  const tookMs: number[] = [];
  for (let count = 0; count < STARTS - 1; count++) {
    await using started = await start(command, path, env);
    tookMs.push(started.tookMs);
  }
  await using last = await start(command, path, env);
  tookMs.push(last.tookMs);
  await Bun.sleep(SETTLE_MS);
  const before = usageOf(last.pid).cpuSeconds;
  await Bun.sleep(IDLE_SECONDS * 1_000);
  const { cpuSeconds, residentMb } = usageOf(last.pid);
  return {
    "first 200 after ms": spreadOf(tookMs).median,
    "idle memory MB": residentMb,
    "idle % of a core": ((cpuSeconds - before) / IDLE_SECONDS) * 100,
  };
}

interface Started extends AsyncDisposable {
  readonly pid: number;
  readonly tookMs: number;
}

async function start(command: Idle["command"], path: string, env: Record<string, string>): Promise<Started> {
  const port = await freePort();
  const began = performance.now();
  const child = endWithUs(
    Bun.spawn(command(port), {
      env: { ...process.env, ...env, PORT: String(port) },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    }),
  );
  let tookMs = 0;
  const deadlineMs = began + 20_000;
  while (tookMs === 0) {
    if (child.exitCode !== null || performance.now() > deadlineMs)
      throw new Error(`${command(port).join(" ")} does not answer`);
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      if (answer.status === 200) tookMs = performance.now() - began;
    } catch {
      await Bun.sleep(1);
    }
  }
  return {
    pid: child.pid,
    tookMs,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await until("it stops", () => child.exitCode !== null || child.signalCode !== null);
    },
  };
}
