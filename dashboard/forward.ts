import { Problem } from "#runtime/problem.ts";

const DEADLINE_MS = 8_000;

/** Another service of the pipeline. */
export interface Upstream {
  /** For people: `the Faker source`. */
  readonly title: string;
  readonly url: string;
  /** Sent as the other service's token. */
  readonly token: string | undefined;
}

/** What of a request goes on. */
export interface Passed {
  /** JSON text. */
  readonly body: string | undefined;
  /** The trace that it belongs to. */
  readonly traceparent: string | undefined;
}

/**
 * Passes a request on to another service and its answer back, so that the page needs no origin but its own.
 *
 * @throws Problem 502 when the other service does not answer, 504 when it takes too long
 */
export async function forward(
  upstream: Upstream,
  method: string,
  path: string,
  { body, traceparent }: Passed,
): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (traceparent !== undefined) headers["traceparent"] = traceparent;
  if (upstream.token !== undefined) headers["authorization"] = `Bearer ${upstream.token}`;
  try {
    const answer = await fetch(new URL(path, upstream.url), {
      method,
      headers,
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body !== undefined && { body }),
    });
    const type = answer.headers.get("content-type") ?? "application/json";
    return new Response(await answer.arrayBuffer(), {
      status: answer.status,
      headers: { "content-type": type, "cache-control": "no-store" },
    });
  } catch (error) {
    const slow = error instanceof Error && error.name === "TimeoutError";
    const [status, code] = slow ? [504, "upstream-slow"] : [502, "upstream-down"];
    const detail = slow
      ? `${upstream.title} has not answered for ${DEADLINE_MS / 1000} s`
      : `${upstream.title} does not answer`;
    throw new Problem(status as number, code as string, "Another service did not answer", detail, { cause: error });
  }
}
