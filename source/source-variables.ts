import type { FaultShares } from "#contract/reasons.ts";
import type { Source } from "#contract/sources.ts";
import { type HttpVariables, httpVariables, KAFKA_VARIABLES, type KafkaVariables } from "#runtime/common-variables.ts";
import { topicVariables } from "#runtime/source-places.ts";
import { integer, number, parsed, type Variable } from "#runtime/variable.ts";
import { FAULTS_ACCEPTED, sharesOfText } from "./fault-shares.ts";

/** What every source reads from its environment, besides the name of its topic, which each calls in its own way. */
export interface SourceVariables extends KafkaVariables, HttpVariables {
  RATE: Variable<number>;
  MAX_RATE: Variable<number>;
  SEED: Variable<number | undefined>;
  FAULTS: Variable<FaultShares | undefined>;
  MAX_STREAMS: Variable<number>;
}

/** Variables of a source. */
export function sourceVariables(source: Source): SourceVariables {
  return {
    ...KAFKA_VARIABLES,
    ...httpVariables(source.port),
    ...topicVariables([source]),
    RATE: number({ description: "transactions per second at start, 0 = only on request", default: "1" }, 0, 1_000_000),
    MAX_RATE: number(
      { description: "transactions per second that `PUT /rate` accepts (`RATE` is accepted too)", default: "100000" },
      1,
      1_000_000,
    ),
    SEED: integer(
      { description: "same seed, same transactions in the same order (timestamps aside); drawn when absent" },
      0,
      Number.MAX_SAFE_INTEGER,
    ),
    FAULTS: parsed({ description: "faults on purpose, by their shares" }, FAULTS_ACCEPTED, sharesOfText),
    MAX_STREAMS: integer({ description: "clients of the live stream at once, at most", default: "256" }, 0, 100_000),
  };
}
