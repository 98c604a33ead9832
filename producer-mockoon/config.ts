import { sourceOf } from "#contract/sources.ts";
import { url, type Variable } from "#runtime/variable.ts";
import { type SourceVariables, sourceVariables } from "#source/source-variables.ts";

/** Variables of the Mockoon source. */
export const VARIABLES: SourceVariables & { MOCKOON_URL: Variable<string> } = {
  ...sourceVariables(sourceOf("mockoon")),
  MOCKOON_URL: url(
    {
      description: "where transactions are fetched; with ?count=50 Mockoon answers 50 at once",
      default: "http://localhost:3001/transactions",
    },
    ["http", "https"],
  ),
};
