import { sourceOf } from "#contract/sources.ts";
import { answerHealth } from "#runtime/probe.ts";
import { sourceVariables } from "#source/source-variables.ts";

const source = sourceOf("faker");
await answerHealth(source.service, sourceVariables(source));
