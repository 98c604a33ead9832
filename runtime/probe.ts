import type { HttpVariables } from "./common-variables.ts";
import type { Config } from "./config.ts";
import { configFromEnvironment } from "./environment.ts";

const DEADLINE_MS = 2_000;

/** The argument with which an executable asks the running service instead of being one. */
const ARGUMENT = "--health";

/**
 * With `--health` as an argument, asks the running service whether it lives and exits with 0 or 1 (78 when the
 * environment is wrong), for health checks in images that hold nothing but the executable. Otherwise it does nothing.
 *
 * A service does this in the first import of its `main.ts`, before anything else is loaded: a container is asked every
 * few seconds for as long as it lives, and all modules of a service cost four times as much as the question.
 */
export async function answerHealth<V extends HttpVariables>(service: string, variables: V): Promise<void> {
  if (!process.argv.includes(ARGUMENT)) return;
  // TypeScript can't see through a mapped generic type that these are among them.
  const { HOST, PORT } = configFromEnvironment(service, variables) as Config<HttpVariables>;
  process.exit((await isAlive(HOST, PORT)) ? 0 : 1);
}

/** @param host - the address it listens on; a wildcard is asked by loopback */
async function isAlive(host: string, port: number): Promise<boolean> {
  const address = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  try {
    const answer = await fetch(`http://${address}:${port}/livez`, { signal: AbortSignal.timeout(DEADLINE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}
