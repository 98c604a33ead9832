/** What is the same for every event that a program sends. */
export interface EventKind {
  /** `ce_source`, a URI. */
  readonly source: string;
  /** `ce_type` */
  readonly type: string;
}

/** Headers of a record, in kafkajs' form. */
export type RecordHeaders = Record<string, Buffer | string>;

const VERSION = Buffer.from("1.0");
const JSON_TYPE = Buffer.from("application/json");

/**
 * The headers that make a record with a JSON value a CloudEvent 1.0 in binary mode (CloudEvents Kafka Protocol
 * Binding 1.0.2, section 3.2). Whatever is the same for all records is one buffer that all share.
 *
 * `ce_time` is when the source made the record, the same instant as the record's own timestamp: the
 * specification wants all events of a source to use one rule, and a value that is no transaction says no time.
 */
export class CloudEventHeaders {
  readonly #source: Buffer;
  readonly #type: Buffer;

  constructor({ source, type }: EventKind) {
    this.#source = Buffer.from(source);
    this.#type = Buffer.from(type);
  }

  /** @returns the headers of a record of one send, by its `ce_id` and its W3C `traceparent` if it is in a trace */
  at(timeMs: number): (id: string, traceparent: string | undefined) => RecordHeaders {
    const time = Buffer.from(new Date(timeMs).toISOString());
    return (id, traceparent) => {
      const headers: RecordHeaders = {
        "content-type": JSON_TYPE,
        ce_specversion: VERSION,
        ce_type: this.#type,
        ce_source: this.#source,
        ce_time: time,
        ce_id: id,
      };
      if (traceparent !== undefined) headers["traceparent"] = traceparent;
      return headers;
    };
  }
}
