import { answerSourceHealth } from "#source/health.ts";

await answerSourceHealth("faker");
