import { traceparentOf } from "./trace-context.ts";
import type { OpenSpan, Tracing } from "./tracing.ts";

const CHANGING = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * The traces that requests belong to. A span is begun for a request that changes something or says that it is in a
 * trace; what is asked every second by pages and probes would hide everything else.
 */
export class RequestTraces {
  readonly #tracing: Tracing | undefined;
  readonly #spans = new WeakMap<Request, OpenSpan>();

  /** @param tracing - none where tracing is off: then a caller's `traceparent` still travels on */
  constructor(tracing: Tracing | undefined) {
    this.#tracing = tracing;
  }

  /** Whether there is anything to {@link begin} and {@link end}. */
  get on(): boolean {
    return this.#tracing !== undefined;
  }

  begin(request: Request): void {
    if (this.#tracing === undefined) return;
    const parent = traceparentOf(request.headers.get("traceparent"));
    if (parent === undefined && !CHANGING.has(request.method)) return;
    const path = new URL(request.url).pathname;
    const attributes = { "http.request.method": request.method, "url.path": path };
    this.#spans.set(request, this.#tracing.begin("server", `${request.method} ${path}`, { parent, attributes }));
  }

  end(request: Request, status: number): void {
    const span = this.#spans.get(request);
    if (span === undefined) return;
    this.#spans.delete(request);
    span.set("http.response.status_code", status);
    if (status >= 500) span.fail(`status ${status}`);
    span.end();
  }

  /** The `traceparent` for what a request causes: its span's, or the one that it brought. */
  traceparentOf(request: Request): string | undefined {
    return this.#spans.get(request)?.traceparent ?? traceparentOf(request.headers.get("traceparent"));
  }
}
