import { answerHealth } from "#runtime/probe.ts";
import { CONSUMER_VARIABLES } from "./config.ts";

await answerHealth("consumer", CONSUMER_VARIABLES);
