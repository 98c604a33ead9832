import { CONSUMER_GROUP, SOURCES, type Source } from "#contract/sources.ts";
import { type HttpVariables, httpVariables, KAFKA_VARIABLES, type KafkaVariables } from "#runtime/common-variables.ts";
import { MONGO_VARIABLES, type MongoVariables } from "#runtime/mongo-variables.ts";
import { topicVariables } from "#runtime/source-places.ts";
import { integer, matching, number, type Variable } from "#runtime/variable.ts";

/** The consumer's environment. */
export interface ConsumerVariables
  extends KafkaVariables,
    MongoVariables,
    HttpVariables,
    Record<Source["topicVariable"], Variable<string>> {
  CONSUMER_GROUP: Variable<string>;
  ROLLUP_HOURS: Variable<number>;
  DEAD_LETTER_DAYS: Variable<number>;
}

/** See {@link ConsumerVariables}. */
export const CONSUMER_VARIABLES: ConsumerVariables = {
  ...KAFKA_VARIABLES,
  ...MONGO_VARIABLES,
  ...httpVariables(8002),
  ...topicVariables(SOURCES),
  CONSUMER_GROUP: matching(
    { description: "consumer group that reads all topics", default: CONSUMER_GROUP },
    /^\S{1,249}$/,
    "a name without blanks",
  ),
  ROLLUP_HOURS: number({ description: "hours for which the per-second totals are kept", default: "24" }, 1, 8_760),
  DEAD_LETTER_DAYS: integer(
    { description: "days for which dead letters are kept, 0 = for ever", default: "0" },
    0,
    3_650,
  ),
};
