import { getJson, setRate } from "../../test/harness/http.ts";
import { startOwnKafka } from "../../test/harness/servers.ts";
import { startService } from "../../test/harness/service-process.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";
import { until } from "../../test/harness/until.ts";
import { usageOf } from "../process-usage.ts";
import type { BenchContext, Question } from "../question.ts";
import type { Answer } from "../results.ts";
import { runRounds } from "../rounds.ts";
import { buildProducer } from "./executable.ts";
import { StreamClients } from "./stream-clients.ts";

const CLIENTS = 200;
const PER_SECOND = 10_000;
const SETTLE_SECONDS = 5;

/** What does a watcher cost that never reads, and when is it dropped? */
export const silentWatchers: Question = { name: "silent-watchers", ask };

async function ask({ rounds, onProgress }: BenchContext): Promise<Answer> {
  const executable = await buildProducer(onProgress);
  await using own = await startOwnKafka();
  const { broker } = own;
  const run = async (): Promise<Record<string, number>> => {
    const topic = randomName("bench");
    await createTopic(broker, topic);
    return silent(executable, broker, topic);
  };
  const measured = await runRounds([{ name: "**ours** (the executable)", run }], rounds, onProgress);
  return {
    name: silentWatchers.name,
    question: "What does a watcher cost that never reads, and when is it dropped?",
    how: `${CLIENTS} clients ask for the stream and never read, while ${PER_SECOND.toLocaleString("en-US")} transactions a second are made. Memory is the service's resident memory with all of them stalled, less what it was before they came, by their number; what the kernel buffers for a connection is not in it. Dropped: from the first event that found no room until no stream is left.`,
    measured,
    verdicts: [],
  };
}

interface Stats {
  readonly streams: number;
  readonly eventsDropped: number;
}

async function silent(executable: readonly string[], broker: string, topic: string): Promise<Record<string, number>> {
  await using source = await startService(
    "producer",
    { KAFKA_BROKER: broker, FAKER_TOPIC: topic, RATE: "0" },
    executable,
  );
  const stats = (): Promise<Stats> => getJson<Stats>(`${source.url}/stats`);
  await until("Kafka is connected", async () => (await fetch(`${source.url}/readyz`)).ok);
  await setRate(source.url, PER_SECOND);
  await Bun.sleep(SETTLE_SECONDS * 1_000);
  const beforeMb = usageOf(source.pid).residentMb;
  const clients = new StreamClients();
  try {
    await clients.openSilent(new URL(`${source.url}/real_time_response`), CLIENTS);
    await until("events are dropped", async () => (await stats()).eventsDropped > 0);
    const fullMs = performance.now();
    let mostMb = 0;
    await until(
      "nobody is left",
      async () => {
        mostMb = Math.max(mostMb, usageOf(source.pid).residentMb);
        return (await stats()).streams === 0;
      },
      60_000,
    );
    return {
      "memory for each MB": (mostMb - beforeMb) / CLIENTS,
      "dropped after s": (performance.now() - fullMs) / 1_000,
    };
  } finally {
    clients.leaveAll();
  }
}
