import { SOURCES, type Source } from "#contract/sources.ts";
import type { Variable } from "#runtime/variable.ts";
import { type SourceVariables, sourceVariables, topicVariable } from "#source/source-variables.ts";

/** This source's row of the list. */
export const FAKER: Source = SOURCES.find(({ id }) => id === "faker") as Source;

/** Variables of the Faker source. */
export const VARIABLES: SourceVariables & { FAKER_TOPIC: Variable<string> } = {
  ...sourceVariables(FAKER),
  FAKER_TOPIC: topicVariable(FAKER),
};
