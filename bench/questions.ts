import { drainBacklog } from "./consumer/drain-backlog.ts";
import { flatMemory } from "./consumer/flat-memory.ts";
import { latency } from "./consumer/latency.ts";
import { poison } from "./consumer/poison.ts";
import { scaling } from "./consumer/scaling.ts";
import { takeover } from "./consumer/takeover.ts";
import { freshness } from "./dashboard/freshness.ts";
import { pageCost } from "./dashboard/page-cost.ts";
import { serverCost } from "./dashboard/server-cost.ts";
import { tenMinutes } from "./dashboard/ten-minutes.ts";
import { produceRecords } from "./producer/produce-records.ts";
import type { Question } from "./question.ts";

/** All questions, by the part that they are about: `bun run bench producer` asks a part's, `bun run bench` all. */
export const QUESTIONS: Readonly<Record<string, readonly Question[]>> = {
  producer: [produceRecords],
  consumer: [drainBacklog, latency, scaling],
  endurance: [takeover, poison, flatMemory],
  dashboard: [pageCost, freshness, serverCost, tenMinutes],
};
