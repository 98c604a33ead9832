import { SOURCES, type Source } from "#contract/sources.ts";
import { type HttpVariables, httpVariables, KAFKA_VARIABLES, type KafkaVariables } from "#runtime/common-variables.ts";
import { MONGO_VARIABLES, type MongoVariables } from "#runtime/mongo-variables.ts";
import { topicVariables, urlVariables } from "#runtime/source-places.ts";
import { integer, url, type Variable } from "#runtime/variable.ts";

/** The dashboard's environment. */
export interface DashboardVariables
  extends KafkaVariables,
    MongoVariables,
    HttpVariables,
    Record<Source["topicVariable"] | Source["urlVariable"], Variable<string>> {
  CONSUMER_URL: Variable<string>;
  MAX_STREAMS: Variable<number>;
}

/** See {@link DashboardVariables}. */
export const DASHBOARD_VARIABLES: DashboardVariables = {
  ...KAFKA_VARIABLES,
  ...MONGO_VARIABLES,
  ...httpVariables(5173),
  ...topicVariables(SOURCES),
  ...urlVariables(SOURCES),
  CONSUMER_URL: url({ description: "the consumer, for dead letters", default: "http://localhost:8002" }, [
    "http",
    "https",
  ]),
  MAX_STREAMS: integer({ description: "clients of the live stream at once, at most", default: "256" }, 1, 100_000),
};
