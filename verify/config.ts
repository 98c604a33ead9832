import { SOURCES } from "#contract/sources.ts";
import { KAFKA_VARIABLES, type KafkaVariables, MONGO_VARIABLES } from "#runtime/common-variables.ts";
import type { Config, Variables } from "#runtime/config.ts";
import { matching, url, type Variable } from "#runtime/variable.ts";

const topic = (name: string): Variable<string> =>
  matching({ description: "topic of a source", default: name }, /^[A-Za-z0-9._-]{1,249}$/, "a topic's name");

/** What `bun run verify` reads from the environment; the same names as the services. */
export interface VerifyVariables extends KafkaVariables {
  MONGO_URI: Variable<string>;
  FAKER_TOPIC: Variable<string>;
  MOCKOON_TOPIC: Variable<string>;
  FAKER_URL: Variable<string>;
  MOCKOON_SOURCE_URL: Variable<string>;
}

const [faker, mockoon] = SOURCES;

/** See {@link VerifyVariables}. */
export const VERIFY_VARIABLES: VerifyVariables = {
  ...KAFKA_VARIABLES,
  ...MONGO_VARIABLES,
  FAKER_TOPIC: topic(faker?.topic ?? ""),
  MOCKOON_TOPIC: topic(mockoon?.topic ?? ""),
  FAKER_URL: url({ description: "the Faker source", default: "http://localhost:8000" }, ["http", "https"]),
  MOCKOON_SOURCE_URL: url({ description: "the Mockoon source", default: "http://localhost:8001" }, ["http", "https"]),
} satisfies Variables;

/** Values of {@link VERIFY_VARIABLES}. */
export type VerifyConfig = Config<VerifyVariables>;
