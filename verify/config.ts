import { SOURCES, type Source } from "#contract/sources.ts";
import { KAFKA_VARIABLES, type KafkaVariables } from "#runtime/common-variables.ts";
import type { Config, Variables } from "#runtime/config.ts";
import { MONGO_VARIABLES, type MongoVariables } from "#runtime/mongo-variables.ts";
import { topicVariables, urlVariables } from "#runtime/source-places.ts";
import type { Variable } from "#runtime/variable.ts";

/** What `bun run verify` reads from the environment; the same names as the services. */
export interface VerifyVariables
  extends KafkaVariables,
    MongoVariables,
    Record<Source["topicVariable"] | Source["urlVariable"], Variable<string>> {}

/** See {@link VerifyVariables}. */
export const VERIFY_VARIABLES: VerifyVariables = {
  ...KAFKA_VARIABLES,
  ...MONGO_VARIABLES,
  ...topicVariables(SOURCES),
  ...urlVariables(SOURCES),
} satisfies Variables;

/** Values of {@link VERIFY_VARIABLES}. */
export type VerifyConfig = Config<VerifyVariables>;
