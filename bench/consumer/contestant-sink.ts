/** Where a contestant reads and writes. */
export interface SinkPlace {
  readonly broker: string;
  readonly topics: readonly string[];
  /** A consumer group of its own. */
  readonly group: string;
  /** With a database of its own in its path. */
  readonly mongoUri: string;
  readonly database: string;
  /** For what it has to write beside. */
  readonly folder: string;
}

/** How to start one: a command and what is added to the environment. */
export interface SinkCommand {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that reads topics and writes the collection `transactions`. */
export interface ContestantSink {
  readonly name: string;
  /** It is slow: of the records it gets only so many. */
  readonly most?: number;
  readonly prepare: (place: SinkPlace) => Promise<SinkCommand>;
}
