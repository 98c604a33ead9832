/** The one list of sources. A new source is a row here and a folder of its own; docs/add-a-source.md shows how. */
const ROWS = [
  {
    id: "faker",
    title: "Faker",
    service: "producer",
    topic: "transactions-topic",
    topicVariable: "FAKER_TOPIC",
    urlVariable: "FAKER_URL",
    port: 8000,
    streamPath: "/real_time_response",
  },
  {
    id: "mockoon",
    title: "Mockoon",
    service: "producer-mockoon",
    topic: "transactions_topic",
    topicVariable: "MOCKOON_TOPIC",
    urlVariable: "MOCKOON_SOURCE_URL",
    port: 8001,
    streamPath: "/transactions",
  },
] as const;

type Row = (typeof ROWS)[number];

/** Stable identifier of a source; what `ingest.source` says in MongoDB. */
export type SourceId = Row["id"];

/** What everybody needs to know of a source. */
export interface Source {
  readonly id: SourceId;
  /** For people. */
  readonly title: string;
  /** The service's folder, container and executable. */
  readonly service: Row["service"];
  /** Kafka topic it writes to unless the environment says otherwise. */
  readonly topic: string;
  /** The environment variable that renames the topic. */
  readonly topicVariable: Row["topicVariable"];
  /** The environment variable by which the others find the service. */
  readonly urlVariable: Row["urlVariable"];
  /** Default HTTP port. */
  readonly port: number;
  /** The route with the live stream; with `Accept: application/json` it sends one transaction. */
  readonly streamPath: string;
}

/** All sources, in the fixed order in which every chart shows them. */
export const SOURCES: readonly Source[] = ROWS;

/** A source's row of the list. */
export function sourceOf(id: SourceId): Source {
  const source = SOURCES.find((one) => one.id === id);
  if (source === undefined) throw new Error(`there is no source ${id} in contract/sources.ts`);
  return source;
}

/** Partitions that each topic is created with; order is kept inside one. */
export const PARTITIONS = 3;

/** The consumer group that reads every topic, unless `CONSUMER_GROUP` says otherwise. */
export const CONSUMER_GROUP = "transactions_group";
