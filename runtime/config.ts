import type { Variable } from "./variable.ts";

/** The variables of a service by name. */
export type Variables = Readonly<Record<string, Variable<unknown>>>;

/** The values of {@link Variables}, by the same names. */
export type Config<V extends Variables> = {
  readonly [Name in keyof V]: V[Name] extends Variable<infer T> ? T : never;
};

/** Exit code for a wrong configuration (`EX_CONFIG` of sysexits.h). */
export const EXIT_CONFIG = 78;

/** The environment is wrong; the message lists every wrong variable. The service can't start: exit with 78. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads all variables, and complains about all of them at once. An empty variable counts as absent, since compose
 * can't leave one out.
 *
 * @throws ConfigError with one line for each wrong variable: what was found (secrets hidden), what is accepted
 */
export function readConfig<V extends Variables>(
  service: string,
  variables: V,
  environment: Readonly<Record<string, string | undefined>>,
): Config<V> {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  const width = Math.max(...Object.keys(variables).map((name) => name.length));
  for (const [name, variable] of Object.entries(variables)) {
    const given = environment[name];
    const found = given === undefined || given === "" ? variable.defaultText : given;
    if (found === undefined) {
      values[name] = undefined;
      continue;
    }
    try {
      values[name] = variable.parse(found);
    } catch (error) {
      // A parser that has more to say than "no" says it in its message.
      const why =
        error instanceof Error && error.message !== "" ? ` (${withoutSecret(error.message, variable, found)})` : "";
      const shown = variable.secret ? "a value that is hidden here" : JSON.stringify(found);
      wrong.push(`  ${name.padEnd(width)}  found ${shown}${why}, accepted: ${variable.accepted}`);
    }
  }
  if (wrong.length > 0) {
    const count =
      wrong.length === 1 ? "1 environment variable is wrong" : `${wrong.length} environment variables are wrong`;
    throw new ConfigError(`${service} can't start: ${count}\n${wrong.join("\n")}`);
  }
  return values as Config<V>;
}

function withoutSecret(message: string, variable: Variable<unknown>, found: string): string {
  return variable.secret ? message.replaceAll(found, "…") : message;
}
