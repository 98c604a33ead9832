import { type Config, ConfigError, EXIT_CONFIG, readConfig, type Variables } from "./config.ts";

/** The configuration that the environment gives; where it is wrong, says so on stderr and exits with 78. */
export function configFromEnvironment<V extends Variables>(service: string, variables: V): Config<V> {
  try {
    return readConfig(service, variables, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
}
