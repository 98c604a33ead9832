import { contentOfFile, flag, integer, list, matching, number, oneOf, text, url, type Variable } from "./variable.ts";

const LOOPBACK_AND_COMPOSE_NAMES = "localhost,127.0.0.1,[::1],producer,producer-mockoon,consumer,dashboard,mockoon";
const isHostAndPort = (item: string): boolean => /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}$/.test(item);
const isOrigin = (item: string): boolean =>
  item === "*" || (/^https?:\/\//.test(item) && URL.canParse(item) && new URL(item).origin === item);

/** How to reach Kafka. */
export interface KafkaVariables extends Record<string, Variable<unknown>> {
  KAFKA_BROKER: Variable<readonly string[]>;
  KAFKA_SSL: Variable<boolean>;
  KAFKA_SSL_CA_FILE: Variable<string | undefined>;
  KAFKA_SASL_MECHANISM: Variable<"plain" | "scram-sha-256" | "scram-sha-512" | undefined>;
  KAFKA_SASL_USERNAME: Variable<string | undefined>;
  KAFKA_SASL_PASSWORD: Variable<string | undefined>;
  KAFKA_SASL_PASSWORD_FILE: Variable<string | undefined>;
}

/** Variables of every service that talks to Kafka. */
export const KAFKA_VARIABLES: KafkaVariables = {
  KAFKA_BROKER: list(
    { description: "Kafka brokers to begin with, commas between them", default: "localhost:9092" },
    "host:port, or several with commas between them",
    isHostAndPort,
  ),
  KAFKA_SSL: flag({ description: "TLS to Kafka", default: "false" }),
  KAFKA_SSL_CA_FILE: contentOfFile({ description: "certificate authority of the brokers, PEM" }),
  KAFKA_SASL_MECHANISM: oneOf({ description: "log in to Kafka in this way" }, [
    "plain",
    "scram-sha-256",
    "scram-sha-512",
  ]),
  KAFKA_SASL_USERNAME: text({ description: "user name for Kafka" }),
  KAFKA_SASL_PASSWORD: text({ description: "password for Kafka", secret: true }),
  KAFKA_SASL_PASSWORD_FILE: contentOfFile({ description: "file with the password for Kafka" }),
};

/** Where the service listens and whom it answers. */
export interface HttpVariables extends Record<string, Variable<unknown>> {
  PORT: Variable<number>;
  HOST: Variable<string>;
  CORS_ORIGINS: Variable<readonly string[]>;
  ALLOWED_HOSTS: Variable<readonly string[]>;
  API_TOKEN: Variable<string | undefined>;
  API_TOKEN_FILE: Variable<string | undefined>;
  LOG_LEVEL: Variable<"debug" | "info" | "warn" | "error" | "silent">;
  LOG_FORMAT: Variable<"text" | "json">;
  OTEL_EXPORTER_OTLP_ENDPOINT: Variable<string | undefined>;
  OTEL_TRACES_SAMPLER_ARG: Variable<number>;
}

/**
 * Variables of every service.
 *
 * @param defaultPort - the service's own port
 */
export function httpVariables(defaultPort: number): HttpVariables {
  return {
    PORT: integer({ description: "TCP port to listen on, 0 = any free one", default: String(defaultPort) }, 0, 65_535),
    HOST: matching(
      { description: "address to listen on", default: "127.0.0.1" },
      /^[A-Za-z0-9.:_-]+$/,
      "an address or a host name",
    ),
    CORS_ORIGINS: list(
      { description: "origins whose pages may call this service", default: "http://localhost:5173" },
      "origins such as http://localhost:5173 with commas between them, or *",
      isOrigin,
    ),
    ALLOWED_HOSTS: list(
      {
        description: "names under which the service answers (against DNS rebinding)",
        default: LOOPBACK_AND_COMPOSE_NAMES,
      },
      "host names without port, commas between them, or *",
      (item) => item === "*" || /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)$/.test(item),
    ),
    API_TOKEN: text({ description: "token that every change needs as `Authorization: Bearer …`", secret: true }),
    API_TOKEN_FILE: contentOfFile({ description: "file with that token" }),
    LOG_LEVEL: oneOf({ description: "least severe messages to log", default: "info" }, [
      "debug",
      "info",
      "warn",
      "error",
      "silent",
    ]),
    LOG_FORMAT: oneOf({ description: "`text` for people, `json` for machines", default: "text" }, ["text", "json"]),
    OTEL_EXPORTER_OTLP_ENDPOINT: url(
      { description: "OpenTelemetry collector that gets the traces (OTLP over HTTP); off when absent" },
      ["http", "https"],
    ),
    OTEL_TRACES_SAMPLER_ARG: number({ description: "share of new traces that is kept", default: "1" }, 0, 1),
  };
}
