import { SOURCES } from "#contract/sources.ts";
import { KAFKA_VARIABLES, type KafkaVariables } from "#runtime/common-variables.ts";
import type { Config, Variables } from "#runtime/config.ts";
import { MONGO_VARIABLES, type MongoVariables } from "#runtime/mongo-variables.ts";
import { topicName, url, type Variable } from "#runtime/variable.ts";

/** What `bun run verify` reads from the environment; the same names as the services. */
export interface VerifyVariables extends KafkaVariables, MongoVariables {
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
  FAKER_TOPIC: topicName({ description: "topic of the Faker source", default: faker?.topic ?? "" }),
  MOCKOON_TOPIC: topicName({ description: "topic of the Mockoon source", default: mockoon?.topic ?? "" }),
  FAKER_URL: url({ description: "the Faker source", default: "http://localhost:8000" }, ["http", "https"]),
  MOCKOON_SOURCE_URL: url({ description: "the Mockoon source", default: "http://localhost:8001" }, ["http", "https"]),
} satisfies Variables;

/** Values of {@link VERIFY_VARIABLES}. */
export type VerifyConfig = Config<VerifyVariables>;
