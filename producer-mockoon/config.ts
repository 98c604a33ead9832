import { SOURCES, type Source } from "#contract/sources.ts";
import { url, type Variable } from "#runtime/variable.ts";
import { type SourceVariables, sourceVariables, topicVariable } from "#source/source-variables.ts";

/** This source's row of the list. */
export const MOCKOON: Source = SOURCES.find(({ id }) => id === "mockoon") as Source;

/** Variables of the Mockoon source. */
export const VARIABLES: SourceVariables & { MOCKOON_TOPIC: Variable<string>; MOCKOON_URL: Variable<string> } = {
  ...sourceVariables(MOCKOON),
  MOCKOON_TOPIC: topicVariable(MOCKOON),
  MOCKOON_URL: url(
    {
      description: "where transactions are fetched; with ?count=50 Mockoon answers 50 at once",
      default: "http://localhost:3001/transactions",
    },
    ["http", "https"],
  ),
};
