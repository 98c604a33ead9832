import { answerHealth } from "#runtime/probe.ts";
import { DASHBOARD_VARIABLES } from "./config.ts";

await answerHealth("dashboard", DASHBOARD_VARIABLES);
