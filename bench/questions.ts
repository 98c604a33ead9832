import { drainBacklog } from "./consumer/drain-backlog.ts";
import { eviction } from "./consumer/eviction.ts";
import { flatMemory } from "./consumer/flat-memory.ts";
import { latency } from "./consumer/latency.ts";
import { poison } from "./consumer/poison.ts";
import { scaling } from "./consumer/scaling.ts";
import { takeover } from "./consumer/takeover.ts";
import { aDay } from "./dashboard/a-day.ts";
import { freshness } from "./dashboard/freshness.ts";
import { pageCost } from "./dashboard/page-cost.ts";
import { serverCost } from "./dashboard/server-cost.ts";
import { tenMinutes } from "./dashboard/ten-minutes.ts";
import { generateToKafka } from "./producer/generate-to-kafka.ts";
import { liveStream } from "./producer/live-stream.ts";
import { postTransactions } from "./producer/post-transactions.ts";
import { produceRecords } from "./producer/produce-records.ts";
import { silentWatchers } from "./producer/silent-watchers.ts";
import { startAndIdle } from "./producer/start-and-idle.ts";
import type { Question } from "./question.ts";
import { idOrder } from "./scale/id-order.ts";
import { stageCosts } from "./scale/stage-costs.ts";

/** All questions, by the part that they are about: `bun run bench producer` asks a part's, `bun run bench` all. */
export const QUESTIONS: Readonly<Record<string, readonly Question[]>> = {
  consumer: [drainBacklog, latency, scaling, eviction],
  endurance: [takeover, poison, flatMemory],
  dashboard: [pageCost, freshness, serverCost, tenMinutes, aDay],
  scale: [stageCosts, idOrder],
  producer: [produceRecords, generateToKafka, postTransactions, liveStream, silentWatchers, startAndIdle],
};
