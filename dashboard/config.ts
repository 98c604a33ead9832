import { SOURCES } from "#contract/sources.ts";
import { type HttpVariables, httpVariables, KAFKA_VARIABLES, type KafkaVariables } from "#runtime/common-variables.ts";
import { MONGO_VARIABLES, type MongoVariables } from "#runtime/mongo-variables.ts";
import { integer, topicName, url, type Variable } from "#runtime/variable.ts";

const [faker, mockoon] = SOURCES;

/** The dashboard's environment. */
export interface DashboardVariables extends KafkaVariables, MongoVariables, HttpVariables {
  FAKER_TOPIC: Variable<string>;
  MOCKOON_TOPIC: Variable<string>;
  FAKER_URL: Variable<string>;
  MOCKOON_SOURCE_URL: Variable<string>;
  CONSUMER_URL: Variable<string>;
  MAX_STREAMS: Variable<number>;
}

/** See {@link DashboardVariables}. */
export const DASHBOARD_VARIABLES: DashboardVariables = {
  ...KAFKA_VARIABLES,
  ...MONGO_VARIABLES,
  ...httpVariables(5173),
  FAKER_TOPIC: topicName({ description: "topic of the Faker source", default: faker?.topic ?? "" }),
  MOCKOON_TOPIC: topicName({ description: "topic of the Mockoon source", default: mockoon?.topic ?? "" }),
  FAKER_URL: url({ description: "the Faker source, for its rate and faults", default: "http://localhost:8000" }, [
    "http",
    "https",
  ]),
  MOCKOON_SOURCE_URL: url({ description: "the Mockoon source, likewise", default: "http://localhost:8001" }, [
    "http",
    "https",
  ]),
  CONSUMER_URL: url({ description: "the consumer, for dead letters", default: "http://localhost:8002" }, [
    "http",
    "https",
  ]),
  MAX_STREAMS: integer({ description: "clients of the live stream at once, at most", default: "256" }, 1, 100_000),
};
