import { type SourceId, sourceOf } from "#contract/sources.ts";
import { answerHealth } from "#runtime/probe.ts";
import { sourceVariables } from "./source-variables.ts";

/** {@link answerHealth} for a source that has no variables but those of every source. */
export function answerSourceHealth(id: SourceId): Promise<void> {
  const source = sourceOf(id);
  return answerHealth(source.service, sourceVariables(source));
}
