import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { getJson, setRate, statusOf } from "./harness/http.ts";
import { metricOf } from "./harness/metric.ts";
import { createPipeline } from "./harness/pipeline.ts";
import { startOwnMongo } from "./harness/servers.ts";
import { until } from "./harness/until.ts";

/** Long enough to see memory grow by what Kafka gives in that time; `MONGO_AWAY_SECONDS=1800` for a real absence. */
const AWAY_MS = Number(process.env["MONGO_AWAY_SECONDS"] ?? "20") * 1_000;
/** About 2,000 records of 450 bytes a second come meanwhile: 1 MB/s. */
const RATE = 2_000;

const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_000;

interface NotReady {
  readonly reasons: readonly { readonly part: string; readonly reason: string; readonly since: string }[];
}

test.skipIf(process.platform !== "linux")(
  "while MongoDB is away for long the consumer's memory stays flat, it says since when and why, and 5 s after its return it stores again",
  async () => {
    await using mongo = await startOwnMongo();
    await using pipeline = await createPipeline({ mongo: mongo.uri });
    const producer = await pipeline.start("producer", { RATE: String(RATE) });
    const consumer = await pipeline.start("consumer");
    const documents = (): Promise<number> => pipeline.db.collection("transactions").estimatedDocumentCount();
    // Warm: its buffers and its code have their size.
    await until("it has stored for a while", async () => (await documents()) > 5 * RATE, 60_000);
    await mongo.stop();
    const stoppedAt = Date.now();
    const mongodb = async (): Promise<NotReady["reasons"][number] | undefined> =>
      ((await (await fetch(`${consumer.url}/readyz`)).json()) as NotReady).reasons?.find(
        ({ part }) => part === "mongodb",
      );
    const said = await until("it says so", mongodb);
    expect(Math.abs(Date.parse(said.since) - stoppedAt)).toBeLessThan(10_000);
    const first = residentMb(consumer.pid);
    let most = first;
    await until(
      "it was away for long",
      () => {
        most = Math.max(most, residentMb(consumer.pid));
        return Date.now() - stoppedAt > AWAY_MS;
      },
      AWAY_MS + 30_000,
    );
    const seconds = AWAY_MS / 1_000;
    process.stdout.write(`away for ${seconds} s: ${Math.round(first)} MB at first, ${Math.round(most)} MB at most\n`);
    expect(most - first).toBeLessThan(30);
    const stillAway = await mongodb();
    expect(stillAway?.since).toBe(said.since);
    // At first it may be what mongod said when it was told to stop.
    expect(stillAway?.reason).toMatch(/conn|closed|server selection|timed out/i);
    expect(await statusOf(`${consumer.url}/livez`)).toBe(200);
    // It never gave up its place, and Kafka has run ahead.
    expect(consumer.logs().match(/partitions assigned/g)).toHaveLength(1);
    const lag = await metricOf(consumer, "consumer_lag_records");
    expect(lag).toBeGreaterThan((seconds - 10) * RATE * 0.5);
    await mongo.start();
    const backAt = performance.now();
    const before = await documents();
    await until("it stores again", async () => (await documents()) > before + 100);
    const resumedMs = performance.now() - backAt;
    process.stdout.write(`stored again after ${(resumedMs / 1_000).toFixed(1)} s, ${lag} records behind\n`);
    expect(resumedMs).toBeLessThan(5_000);
    await setRate(producer.url, 0);
    await until("nothing is pending", async () => {
      const { pending } = await getJson<{ pending: number }>(`${producer.url}/stats`);
      return pending === 0;
    });
    expect((await pipeline.verify()).checks.filter(({ ok }) => !ok)).toEqual([]);
  },
  AWAY_MS * 2 + 180_000,
);
