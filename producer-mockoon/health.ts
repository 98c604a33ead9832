import { sourceOf } from "#contract/sources.ts";
import { answerHealth } from "#runtime/probe.ts";
import { VARIABLES } from "./config.ts";

await answerHealth(sourceOf("mockoon").service, VARIABLES);
