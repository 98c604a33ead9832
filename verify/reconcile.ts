import { ledgerId } from "#contract/storage.ts";
import type { KafkaPartition } from "./count-kafka.ts";
import type { MongoCount } from "./count-mongo.ts";
import type { SourceCount } from "./count-sources.ts";

/** One line of the account: what every witness says of one partition. */
export interface Line {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly endOffset: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
  /** Counted in MongoDB. */
  readonly documents: number;
  readonly deadLetters: number;
}

/** One question with its answer. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found where, in words. */
  readonly detail: string;
}

/** The whole account. */
export interface Account {
  readonly ok: boolean;
  readonly lines: readonly Line[];
  readonly checks: readonly Check[];
}

/** The three witnesses, none of which trusts another. */
export interface Witnesses {
  /** Kafka's offsets, asked before MongoDB was counted. */
  readonly kafka: readonly KafkaPartition[];
  /** The same, asked after MongoDB was counted. */
  readonly after: readonly KafkaPartition[];
  readonly mongo: MongoCount;
  readonly sources: readonly (SourceCount & { topic: string })[];
  /**
   * Records that Kafka really holds between `firstOffset` and `nextOffset`, by ledger id; asked only for partitions
   * of which {@link unexplainedAbsences} speaks, since it means reading them.
   */
  readonly held?: ReadonlyMap<string, number>;
}

/**
 * Partitions where the ledger calls offsets absent that have not expired: markers of transactions or compaction, or
 * a wrong ledger. Only reading them can tell.
 */
export function unexplainedAbsences(lines: readonly Line[], kafka: readonly KafkaPartition[]): Line[] {
  return lines.filter((line) => line.absent > expiredIn(line, kafka));
}

function expiredIn(line: Line, kafka: readonly KafkaPartition[]): number {
  const low = kafka.find((at) => at.topic === line.topic && at.partition === line.partition)?.low ?? 0;
  return Math.max(0, low - line.firstOffset);
}

/** Holds the witnesses against each other; pure. */
export function reconcile({ kafka, after, mongo, sources, held }: Witnesses): Account {
  const lines = linesOf(kafka, mongo);
  const checks: Check[] = [
    every("every record is accounted for", lines, ({ nextOffset, endOffset }) =>
      nextOffset >= endOffset ? undefined : `${endOffset - nextOffset} of its records are not read yet or missing`,
    ),
    every("the ledger is not ahead of Kafka", lines, ({ topic, partition, nextOffset }) => {
      const end = after.find((at) => at.topic === topic && at.partition === partition)?.end ?? 0;
      return nextOffset <= end ? undefined : `its next offset is ${nextOffset}, Kafka ends at ${end}`;
    }),
    every("the ledger adds up", lines, (line) => {
      const sum = line.stored + line.duplicates + line.deadLettered + line.absent;
      const moved = line.nextOffset - line.firstOffset;
      return sum === moved ? undefined : `its counters sum to ${sum}, its offsets moved by ${moved}`;
    }),
    every("each stored transaction is a document", lines, ({ stored, documents }) =>
      stored === documents ? undefined : `the ledger says ${stored}, MongoDB holds ${documents}`,
    ),
    every("each dead letter is kept", lines, ({ deadLettered, deadLetters }) =>
      deadLettered === deadLetters ? undefined : `the ledger says ${deadLettered}, MongoDB holds ${deadLetters}`,
    ),
    every("no record was stored twice", lines, (line) => {
      const distinct = mongo.partitions.get(ledgerId(line.topic, line.partition))?.distinctOffsets ?? 0;
      const doubled = line.documents + line.deadLetters - distinct;
      return doubled === 0 ? undefined : `${doubled} documents come from an offset that another has already`;
    }),
    every("offsets called absent are gone from Kafka", lines, (line) => {
      const unexplained = line.absent - expiredIn(line, kafka);
      if (unexplained <= 0) return undefined;
      const inKafka = held?.get(ledgerId(line.topic, line.partition));
      const accounted = line.stored + line.duplicates + line.deadLettered;
      if (inKafka !== undefined && inKafka <= accounted) return undefined;
      return inKafka === undefined
        ? `${unexplained} offsets that have not expired are called absent`
        : `Kafka holds ${inKafka} records there, only ${accounted} are accounted for`;
    }),
    {
      name: "every document says which record it came from",
      ok: mongo.strangers === 0,
      detail: mongo.strangers === 0 ? "all do" : `${mongo.strangers} documents have no ingest.topic`,
    },
    ...sources.map((source) => sourceCheck(source, lines)),
  ];
  return { ok: checks.every((check) => check.ok), lines, checks };
}

/** The table: one line per partition that Kafka knows. */
export function linesOf(kafka: readonly KafkaPartition[], mongo: MongoCount): Line[] {
  return kafka.map((at) => lineOf(at, mongo));
}

function lineOf({ topic, partition, low, end }: KafkaPartition, mongo: MongoCount): Line {
  const found = mongo.partitions.get(ledgerId(topic, partition));
  const entry = found?.ledger;
  return {
    topic,
    partition,
    firstOffset: entry?.firstOffset ?? low,
    nextOffset: entry?.nextOffset ?? low,
    endOffset: end,
    stored: entry?.stored ?? 0,
    duplicates: entry?.duplicates ?? 0,
    deadLettered: entry?.deadLettered ?? 0,
    absent: entry?.absent ?? 0,
    documents: found?.documents ?? 0,
    deadLetters: found?.deadLetters ?? 0,
  };
}

function every(name: string, lines: readonly Line[], complaint: (line: Line) => string | undefined): Check {
  const complaints = lines.flatMap((line) => {
    const said = complaint(line);
    return said === undefined ? [] : [`${line.topic}/${line.partition}: ${said}`];
  });
  const ok = complaints.length === 0 && lines.length > 0;
  return {
    name,
    ok,
    detail: ok ? `in all ${lines.length} partitions` : complaints.join("; ") || "there is no partition",
  };
}

/** A source counts since its own start, so its topic holds at least as much. */
function sourceCheck(source: SourceCount & { topic: string }, lines: readonly Line[]): Check {
  const name = `what ${source.title} got acknowledged is in Kafka`;
  if (source.acknowledged === undefined) {
    return { name, ok: true, detail: `not asked: the source does not answer (${source.reason})` };
  }
  let held = 0;
  for (const line of lines)
    if (line.topic === source.topic) held += Math.max(line.nextOffset, line.endOffset) - line.firstOffset;
  const ok = source.acknowledged <= held;
  const detail = `acknowledged since its start ${source.acknowledged}, accounted for in ${source.topic} ${held}`;
  return { name, ok, detail };
}
