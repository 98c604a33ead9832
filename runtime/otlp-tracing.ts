import { type Context, type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { OpenSpan, SpanRole, SpanStart, Tracing } from "./tracing.ts";

/** Where spans go, and from whom. */
export interface OtlpOptions {
  /** The collector's base URL; `/v1/traces` is added. */
  readonly endpoint: string;
  /** Share of new traces that is kept, 0 to 1; a trace that somebody else began is kept when they keep it. */
  readonly share: number;
  readonly service: string;
  readonly version: string;
}

const KINDS: Readonly<Record<SpanRole, SpanKind>> = {
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
};
const EXPORT_EVERY_MS = 1_000;
const EXPORT_DEADLINE_MS = 5_000;
const LONGEST_LAST_EXPORT_MS = 1_000;

/**
 * OpenTelemetry's SDK, exporting by OTLP over HTTP as JSON. Only ever imported where an endpoint is set: loading it
 * takes longer than a service needs to start. `OTEL_EXPORTER_OTLP_HEADERS` and the like are the SDK's own.
 */
export function startOtlpTracing({ endpoint, share, service, version }: OtlpOptions): Tracing {
  const exporter = new OTLPTraceExporter({
    url: new URL("v1/traces", endpoint.endsWith("/") ? endpoint : `${endpoint}/`).href,
    timeoutMillis: EXPORT_DEADLINE_MS,
  });
  const processor = new BatchSpanProcessor({
    exporter,
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_DEADLINE_MS,
    // A collector that is away costs no more memory than this; what is beyond is dropped.
    maxQueueSize: 8_192,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service, "service.version": version }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer("transactions-pipeline", version);
  return {
    begin: (role, name, { parent, links = [], attributes = {} }: SpanStart = {}): OpenSpan => {
      const options = { kind: KINDS[role], attributes, links: links.map(linkTo) };
      return openSpan(tracer.startSpan(name, options, contextOf(parent)));
    },
    stop: async () => {
      await Promise.race([provider.shutdown().catch(() => undefined), Bun.sleep(LONGEST_LAST_EXPORT_MS)]);
    },
  };
}

function openSpan(span: Span): OpenSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`,
    set: (name, value) => span.setAttribute(name, value),
    fail: (message) => span.setStatus({ code: SpanStatusCode.ERROR, message }),
    end: () => span.end(),
  };
}

function contextOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, linkTo(traceparent).context);
}

function linkTo(traceparent: string): Link {
  const [, traceId = "", spanId = "", flags = "0"] = traceparent.split("-");
  return { context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } };
}
