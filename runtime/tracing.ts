/** What a span stands for, as OpenTelemetry names it. */
export type SpanRole = "server" | "producer" | "consumer" | "client";

/** What a span begins with. Traces are named by their W3C `traceparent`. */
export interface SpanStart {
  /** The span above; without one a new trace begins. */
  readonly parent?: string | undefined;
  /** Other spans that this one has to do with. */
  readonly links?: readonly string[];
  /** By the names of OpenTelemetry's semantic conventions. Never anything of a transaction's content. */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** A span that has begun. */
export interface OpenSpan {
  /** To hand on, so that what follows is below this span. */
  readonly traceparent: string;
  set(name: string, value: string | number): void;
  /** It went wrong. */
  fail(message: string): void;
  end(): void;
}

/** Spans of a service; there is none where tracing is off. */
export interface Tracing {
  begin(role: SpanRole, name: string, start?: SpanStart): OpenSpan;
  /** Exports what is left, for at most a second. */
  stop(): Promise<void>;
}
