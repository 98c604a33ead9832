import { MongoClient } from "mongodb";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import { prepareStore } from "../../consumer/prepare-store.ts";
import type { History } from "../../dashboard/web/feed-format.ts";
import { fetchKafka } from "../../stack/fetch-kafka.ts";
import { noProgress } from "../../stack/progress.ts";
import type { DashboardPipeline } from "../../test/browser/dashboard-pipeline.ts";
import { endWithUs } from "../../test/harness/end-with-us.ts";
import { getJson } from "../../test/harness/http.ts";
import { withDatabase } from "../../test/harness/pipeline.ts";
import { type ServiceProcess, startService } from "../../test/harness/service-process.ts";
import { createTopic, randomName } from "../../test/harness/topics.ts";
import { until } from "../../test/harness/until.ts";
import { RollupFeeder } from "./rollup-feeder.ts";

const PAST_SECONDS = 900;
const QUICK_MS = 100;
/** In a row, a fortieth of a second between them. */
const QUICK_ANSWERS = 20;
/** As many as a run of this bench can need. */
const RECORDS = 1_000_000_000;

/** A real dashboard server whose Kafka fills at a rate, and whose MongoDB says that all of it is stored. */
export interface FedDashboard extends AsyncDisposable {
  readonly service: ServiceProcess;
}

/**
 * Starts one with a past of 15 minutes.
 *
 * @param pipeline - its idle sources and consumer are those that this dashboard asks how they are
 * @param perSecond - records that really arrive in Kafka, both topics together; their values are one byte
 */
export async function startFedDashboard(pipeline: DashboardPipeline, perSecond: number): Promise<FedDashboard> {
  const broker = pipeline.env["KAFKA_BROKER"] ?? "";
  const uri = withDatabase(pipeline.env["MONGO_URI"] ?? "", randomName("fed"));
  const topics = Object.fromEntries(SOURCES.map(({ id }) => [id, randomName(`fed-${id}`)])) as Record<SourceId, string>;
  await using stack = new AsyncDisposableStack();
  const client = stack.adopt(new MongoClient(uri), async (open) => {
    await open.db().dropDatabase();
    await open.close();
  });
  for (const topic of Object.values(topics)) await createTopic(broker, topic);
  await prepareStore(client.db(), { rollupHours: 24, deadLetterDays: 0 });
  const feeder = stack.use(new RollupFeeder({ broker, client, topics }));
  await feeder.writePast(PAST_SECONDS, perSecond);
  await feeder.start();
  for (const { id } of SOURCES) {
    const share = perSecond < SOURCES.length ? (id === "faker" ? perSecond : 0) : perSecond / SOURCES.length;
    if (share > 0) stack.use(await produce(broker, topics[id], share));
  }
  const env = { ...pipeline.env, ...pipeline.urls };
  const own = {
    MONGO_URI: uri,
    ...Object.fromEntries(SOURCES.map(({ id, topicVariable }) => [topicVariable, topics[id]])),
  };
  const service = stack.use(await startService("dashboard", { ...env, ...own }));
  await untilSettled(service.url);
  const kept = stack.move();
  return { service, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A server that has just started reads its past; it is measured afterwards. */
async function untilSettled(url: string): Promise<void> {
  let quickAnswers = 0;
  await until(
    "the server has read its past",
    async () => {
      const startedAt = performance.now();
      const { seconds } = await getJson<History>(`${url}/api/history?range=${PAST_SECONDS}`);
      const isQuick = seconds.length > PAST_SECONDS - 100 && performance.now() - startedAt < QUICK_MS;
      quickAnswers = isQuick ? quickAnswers + 1 : 0;
      return quickAnswers >= QUICK_ANSWERS;
    },
    120_000,
  );
}

/** Kafka's own load generator: at 50,000 records a second a client in JavaScript would take half a core from the page. */
async function produce(broker: string, topic: string, perSecond: number): Promise<AsyncDisposable> {
  const kafka = await fetchKafka(noProgress);
  const child = endWithUs(
    Bun.spawn(
      [
        ...[kafka.java.binary, "-Xmx128m", "-cp", kafka.classpath, "org.apache.kafka.tools.ProducerPerformance"],
        ...["--bootstrap-server", broker, "--topic", topic, "--num-records", String(RECORDS), "--record-size", "1"],
        ...["--throughput", String(perSecond), "--command-property", "acks=1", "linger.ms=20"],
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    ),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}
