const DEADLINE_MS = 2_000;

/**
 * Asks a running service whether it lives, for health checks in images that hold nothing but the executable.
 *
 * @param host - the address it listens on; a wildcard is asked by loopback
 */
export async function probe(host: string, port: number): Promise<boolean> {
  const address = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  try {
    const answer = await fetch(`http://${address}:${port}/livez`, { signal: AbortSignal.timeout(DEADLINE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}
