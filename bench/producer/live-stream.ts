import { getJson, setRate } from "../../test/harness/http.ts";
import { startOwnKafka } from "../../test/harness/servers.ts";
import { startService } from "../../test/harness/service-process.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";
import { until } from "../../test/harness/until.ts";
import { startFastApi } from "../fastapi-server.ts";
import { percentile } from "../percentile.ts";
import { usageOf } from "../process-usage.ts";
import { peersPython } from "../python.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { buildProducer } from "./executable.ts";
import { StreamClients } from "./stream-clients.ts";

const CLIENTS = 5_000;
const PEER_CLIENTS = 1_000;
const PER_SECOND = 10;
const SECONDS = 8;
const LEAVING = 20;
const OURS = "**ours** (the executable), 5,000 clients";
const PEER = "FastAPI, a generator for each client (the original's way), 1,000 clients";

/** What do 5,000 watchers at 10 events a second cost, and how late do they see an event? */
export const liveStream: Question = { name: "live-stream", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  const python = await peersPython(onProgress);
  const executable = await buildProducer(onProgress);
  await using own = await startOwnKafka();
  const { broker } = own;
  const newTopic = async (): Promise<string> => {
    const topic = randomName("bench");
    await createTopic(broker, topic);
    return topic;
  };
  const measured = await runRounds(
    [
      { name: OURS, run: async () => ours(executable, broker, await newTopic()) },
      { name: PEER, run: async () => peer(python, broker, await newTopic()) },
    ],
    rounds,
    onProgress,
  );
  return {
    name: liveStream.name,
    question: `What do ${CLIENTS.toLocaleString("en-US")} watchers at ${PER_SECOND} events a second cost?`,
    how: `Delivery is from the transaction's own timestamp, through Kafka's acknowledgement, to the client, over ${SECONDS} s; clients, server and broker share the machine. Leaving: from the moment a client's connection is closed until \`/stats\` shows one stream less, the slowest of ${LEAVING}, while everybody else watches on. The peer makes every client transactions of its own, ${PER_SECOND} a second; it gets fewer clients, since it can't keep up with these.`,
    measured,
    verdicts: [],
  };
}

async function ours(executable: readonly string[], broker: string, topic: string): Promise<Record<string, number>> {
  const env = { KAFKA_BROKER: broker, FAKER_TOPIC: topic, RATE: "0", MAX_STREAMS: String(CLIENTS) };
  await using source = await startService("producer", env, executable);
  const streams = async (): Promise<number> => (await getJson<{ streams: number }>(`${source.url}/stats`)).streams;
  await until("Kafka is connected", async () => (await fetch(`${source.url}/readyz`)).ok);
  const clients = new StreamClients();
  try {
    await clients.open(new URL(`${source.url}/real_time_response`), CLIENTS);
    await setRate(source.url, PER_SECOND);
    const figures = await watched(clients, source.pid);
    let slowestMs = 0;
    for (let left = 1; left <= LEAVING; left++) {
      const began = performance.now();
      clients.leave();
      while ((await streams()) > CLIENTS - left);
      slowestMs = Math.max(slowestMs, performance.now() - began);
    }
    return { ...figures, "a leaving client is noticed after ms": slowestMs };
  } finally {
    clients.leaveAll();
  }
}

async function peer(python: string, broker: string, topic: string): Promise<Record<string, number>> {
  const env = { BROKER: broker, TOPIC: topic, EVERY_SECONDS: String(1 / PER_SECOND) };
  await using server = await startFastApi(python, env);
  const clients = new StreamClients();
  try {
    await clients.open(new URL(`${server.url}/real_time_response`), PEER_CLIENTS);
    return await watched(clients, server.pid);
  } finally {
    clients.leaveAll();
  }
}

async function watched(clients: StreamClients, pid: number): Promise<Record<string, number>> {
  // A second for what opening the connections left to do.
  await Bun.sleep(1_000);
  clients.takeLatencies();
  const before = usageOf(pid).cpuSeconds;
  const beganMs = performance.now();
  await Bun.sleep(SECONDS * 1_000);
  const seconds = (performance.now() - beganMs) / 1_000;
  const latenciesMs = clients.takeLatencies();
  const { cpuSeconds, peakMb } = usageOf(pid);
  return {
    "events/s delivered": latenciesMs.length / seconds,
    "delivery p50 ms": percentile(latenciesMs, 50),
    "delivery p99 ms": percentile(latenciesMs, 99),
    "peak memory MB": peakMb,
    "% of a core": ((cpuSeconds - before) / seconds) * 100,
  };
}
