import { recordCount } from "../../test/conformance/topic-records.ts";
import { startOwnKafka } from "../../test/harness/servers.ts";
import { startService } from "../../test/harness/service-process.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";
import { until } from "../../test/harness/until.ts";
import { type BenchServer, startFastApi } from "../fastapi-server.ts";
import { percentile } from "../percentile.ts";
import { usageOf } from "../process-usage.ts";
import { peersPython } from "../python.ts";
import type { BenchContext, Question } from "../question.ts";
import { type Answer, ratio } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { post, wrk } from "../wrk.ts";

const CONNECTIONS = 100;
const SECONDS = 8;
const WARM_UP_SECONDS = 3;
const PROBE_EVERY_MS = 20;
const OURS = "**ours** (Bun, Elysia, kafkajs)";
const PEER = "FastAPI + aiokafka under uvicorn (uvloop, httptools)";

/** How many `POST /transactions` a second are answered, each after Kafka's acknowledgement? */
export const postTransactions: Question = { name: "post-transactions", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  const python = await peersPython(onProgress);
  const client = await wrk(onProgress);
  await using own = await startOwnKafka();
  const { broker } = own;
  const start = {
    [OURS]: startOurs,
    [PEER]: (topic: string) => startFastApi(python, { BROKER: broker, TOPIC: topic }),
  };
  async function startOurs(topic: string): Promise<BenchServer> {
    const source = await startService("producer", {
      KAFKA_BROKER: broker,
      FAKER_TOPIC: topic,
      RATE: "0",
      LOG_LEVEL: "info",
    });
    await until("Kafka is connected", async () => (await fetch(`${source.url}/readyz`)).ok);
    return source;
  }
  const measured = await runRounds(
    Object.entries(start).map(([name, begin]) => ({
      name,
      run: async () => {
        const topic = randomName("bench");
        await createTopic(broker, topic);
        await using server = await begin(topic);
        // Awaited here: the server must outlive it.
        return await loaded(client, server, () => recordCount(broker, topic));
      },
    })),
    rounds,
    onProgress,
  );
  return {
    name: postTransactions.name,
    question: "How many `POST /transactions` a second are answered, each once Kafka has acknowledged it?",
    how: `Each request makes a transaction and is answered when all in-sync replicas have it. wrk 4, one thread, ${CONNECTIONS} keep-alive connections, ${SECONDS} s after ${WARM_UP_SECONDS} s of warm-up; wrk, server and broker share the machine. Meanwhile another client asks for \`/livez\` every ${PROBE_EVERY_MS} ms. The topic holds at least as many records as requests were answered, or the run does not count.`,
    measured,
    verdicts: [`${ratio(measured, "requests/s", OURS, PEER).toFixed(1)} × FastAPI + aiokafka`],
  };
}

async function loaded(
  client: string,
  server: BenchServer,
  records: () => Promise<number>,
): Promise<Record<string, number>> {
  const url = `${server.url}/transactions`;
  await post(client, url, CONNECTIONS, WARM_UP_SECONDS);
  const before = { records: await records(), cpuSeconds: usageOf(server.pid).cpuSeconds };
  const probe = startProbe(`${server.url}/livez`);
  const load = await post(client, url, CONNECTIONS, SECONDS);
  const livezMs = await probe.stop();
  const cpuSeconds = usageOf(server.pid).cpuSeconds - before.cpuSeconds;
  const arrived = (await records()) - before.records;
  if (arrived < load.requests) throw new Error(`${load.requests} requests were answered, ${arrived} records arrived`);
  return {
    "requests/s": load.perSecond,
    "p50 ms": load.p50Ms,
    "p99 ms": load.p99Ms,
    "`/livez` p50 ms": percentile(livezMs, 50),
    "`/livez` p99 ms": percentile(livezMs, 99),
    "server CPU s per million": (cpuSeconds / load.requests) * 1e6,
  };
}

/** Asks again and again until it is stopped, one request at a time. */
function startProbe(url: string): { stop(): Promise<number[]> } {
  const tookMs: number[] = [];
  let going = true;
  const run = async (): Promise<void> => {
    while (going) {
      const began = performance.now();
      await (await fetch(url)).arrayBuffer();
      tookMs.push(performance.now() - began);
      await Bun.sleep(PROBE_EVERY_MS);
    }
  };
  const running = run();
  return {
    stop: async () => {
      going = false;
      await running;
      return tookMs;
    },
  };
}
