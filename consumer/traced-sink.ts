import { traceparentOf } from "#runtime/trace-context.ts";
import type { Tracing } from "#runtime/tracing.ts";
import type { Chunk, ConsumedRecord } from "./record.ts";
import type { Claim, Sink, Written } from "./sink.ts";

/** Spans for one chunk at most; OpenTelemetry keeps as many links of a span. */
const MOST_TRACES = 128;

interface Traced {
  readonly traceparent: string;
  readonly attributes: Record<string, string | number>;
}

/**
 * A sink that shows in the traces of the records what became of them. A chunk holds up to thousands of records, most
 * from sends that made one span for a few hundred of them: so each trace in a chunk, not each record, gets one span
 * `process`. The write itself is one span, below the first of those and linked with all others.
 */
export class TracedSink implements Sink {
  readonly #sink: Sink;
  readonly #tracing: Tracing;
  readonly #database: string;

  constructor(sink: Sink, tracing: Tracing, database: string) {
    this.#sink = sink;
    this.#tracing = tracing;
    this.#database = database;
  }

  claim(topic: string, partition: number, firstOffset: number): Promise<Claim> {
    return this.#sink.claim(topic, partition, firstOffset);
  }

  async write(claim: Claim, chunk: Chunk): Promise<Written> {
    const [first, ...others] = tracesIn(chunk);
    if (first === undefined) return this.#sink.write(claim, chunk);
    const tracing = this.#tracing;
    const name = `process ${chunk.topic}`;
    const processing = tracing.begin("consumer", name, { parent: first.traceparent, attributes: first.attributes });
    const writing = tracing.begin("client", `transaction ${this.#database}`, {
      parent: processing.traceparent,
      links: others.map(({ traceparent }) => traceparent),
      attributes: {
        "db.system.name": "mongodb",
        "db.namespace": this.#database,
        "db.operation.name": "transaction",
        "messaging.batch.message_count": chunk.records.length,
      },
    });
    const spans = others.map(({ traceparent, attributes }) =>
      tracing.begin("consumer", name, { parent: traceparent, links: [writing.traceparent], attributes }),
    );
    spans.push(processing, writing);
    try {
      const written = await this.#sink.write(claim, chunk);
      writing.set("pipeline.outcome", written.kind);
      return written;
    } catch (error) {
      const reason = error instanceof Error ? error.name : "not written";
      for (const span of spans) span.fail(reason);
      throw error;
    } finally {
      for (const span of spans) span.end();
    }
  }
}

/** The different traces of a chunk's records, in the order of their first records. */
function tracesIn({ records }: Chunk): Traced[] {
  const found = new Map<string, Traced>();
  for (const record of records) {
    const traceparent = traceparentOfRecord(record);
    if (traceparent === undefined) continue;
    const known = found.get(traceparent);
    if (known !== undefined) {
      known.attributes["messaging.batch.message_count"] = Number(known.attributes["messaging.batch.message_count"]) + 1;
    } else if (found.size < MOST_TRACES) {
      const { topic, partition, offset } = record;
      const attributes = {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.destination.name": topic,
        "messaging.destination.partition.id": String(partition),
        "messaging.kafka.offset": offset,
        "messaging.batch.message_count": 1,
      };
      found.set(traceparent, { traceparent, attributes });
    }
  }
  return [...found.values()];
}

function traceparentOfRecord({ headers }: ConsumedRecord): string | undefined {
  const value = headers["traceparent"];
  return value instanceof Uint8Array ? traceparentOf(Buffer.from(value).toString("latin1")) : undefined;
}
