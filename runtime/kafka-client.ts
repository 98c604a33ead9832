import { Kafka, type KafkaConfig, type logCreator, logLevel, type SASLOptions } from "kafkajs";
import type { KafkaVariables } from "./common-variables.ts";
import { readAllCompressions } from "./compression-codecs.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";

/**
 * Messages that are part of normal work although kafkajs calls them errors: a fresh broker, a rebalance. That it begins
 * anew says nothing beyond the reason, which it says before.
 */
const NORMAL =
  /The group coordinator is not available|The coordinator is loading|The group is rebalancing|^Restarting the consumer|no leader for this topic-partition|not the leader|does not host this topic-partition/i;

/**
 * kafkajs with our settings; nothing is connected yet.
 *
 * @param clientId - shows in the broker's logs
 */
export function createKafka(config: Config<KafkaVariables>, clientId: string, log: Log): Kafka {
  readAllCompressions();
  const sasl = saslOf(config);
  const settings: KafkaConfig = {
    clientId,
    brokers: [...config.KAFKA_BROKER],
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: logLevel.INFO,
    logCreator: toPino(log),
    // Retries belong to the callers, which know what they may repeat and say so in `/readyz`.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
    ...((config.KAFKA_SSL || config.KAFKA_SSL_CA_FILE !== undefined) && {
      ssl: config.KAFKA_SSL_CA_FILE === undefined ? true : { ca: [config.KAFKA_SSL_CA_FILE] },
    }),
    ...(sasl && { sasl }),
  };
  return new Kafka(settings);
}

function saslOf(config: Config<KafkaVariables>): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username = "" } = config;
  const password = config.KAFKA_SASL_PASSWORD ?? config.KAFKA_SASL_PASSWORD_FILE ?? "";
  return mechanism === undefined ? undefined : ({ mechanism, username, password } as SASLOptions);
}

function toPino(log: Log): logCreator {
  return () =>
    ({ namespace, level, log: { message, timestamp: _timestamp, logger: _logger, ...rest } }) => {
      const normal = NORMAL.test(message) || NORMAL.test(String(rest["error"] ?? ""));
      const fields = { kafkajs: namespace, ...rest };
      if (normal || level >= logLevel.INFO) log.debug(fields, message);
      else log.warn(fields, message);
    };
}
