/**
 * What the dashboard's server tells the page: the shapes of `/events` (snapshot, ticks) and `/api/history`. Safe for
 * the browser; the server imports it too, so that both sides mean the same.
 */
import type { FaultShares } from "#contract/reasons.ts";
import type { SourceId } from "#contract/sources.ts";
import type { PaymentMethod, Status } from "#contract/transaction.ts";
import { SOURCES } from "./sources.ts";

/** Spans of time that the page can show, in seconds. */
export const RANGES = [60, 300, 900] as const;
/** One of {@link RANGES}. */
export type RangeSeconds = (typeof RANGES)[number];
/** How much of the past the server keeps at hand, 15 minutes. */
export const LONGEST_RANGE_SECONDS = 900;

/** Parts of the pipeline that can be up or down, in the order in which a transaction passes them. */
export const PARTS: readonly Part[] = [...SOURCES.map(({ id }) => id), "kafka", "consumer", "mongodb"];
/** One of {@link PARTS}. */
export type Part = SourceId | "kafka" | "consumer" | "mongodb";

/** Whether a part works, in words when it does not. */
export interface PartState {
  readonly part: Part;
  /** `hindered`: it answers, but can't do its work; `unknown`: it was not asked yet. */
  readonly state: "unknown" | "up" | "hindered" | "down";
  /** Why not, for people; empty when it is up. */
  readonly reason: string;
  /** Since when it is as it is, ms since 1970 by the server's clock. */
  readonly sinceMs: number;
}

/** What was stored of one source within a second: sums of the rollups of all its partitions. */
export interface Sales {
  readonly stored: number;
  readonly revenueCents: number;
  /** In the order of `STATUSES`. */
  readonly statuses: readonly number[];
  /** In the order of `PAYMENT_METHODS`. */
  readonly payments: readonly number[];
  /** Produced to stored, by bucket of `latencyBucket`; trailing zeros are cut off. */
  readonly latency: readonly number[];
}

/** One complete second of one source. */
export interface SecondOfSource {
  /** Records that arrived in Kafka, by its end offsets; `null` while Kafka did not answer. */
  readonly produced: number | null;
  /** `null` while MongoDB did not answer. */
  readonly sales: Sales | null;
}

/** One complete second. A second that the server does not know is not there at all: a gap, not a zero. */
export interface Second {
  /** Seconds since 1970. */
  readonly second: number;
  readonly sources: Readonly<Record<SourceId, SecondOfSource>>;
}

/** One partition: the ledger against Kafka. All counts are cumulative, so that a tick that is missed costs nothing. */
export interface LedgerLine {
  readonly topic: string;
  readonly source: SourceId;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  /** `null` while Kafka does not answer. */
  readonly endOffset: number | null;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
  /** Records not read yet when Kafka was last asked; `null` while it does not answer. */
  readonly lag: number | null;
  /** The ledger claims offsets that Kafka does not have: the topic was made anew, say. */
  readonly isAhead: boolean;
}

/** A transaction of the sampled tail. */
export interface Sample {
  readonly id: string;
  readonly source: SourceId;
  readonly storedAtMs: number;
  readonly producedAtMs: number;
  /** Name of the first product. */
  readonly product: string;
  readonly productCount: number;
  readonly state: string;
  readonly payment: PaymentMethod;
  readonly status: Status;
  readonly amountCents: number;
}

/** What a source says of its own pace and faults; `null` while it does not answer. */
export interface SourceControl {
  readonly source: SourceId;
  /** The rate it was asked for. */
  readonly perSecond: number | null;
  /** The highest rate that it accepts. */
  readonly maxPerSecond: number | null;
  /** Shares of faults on purpose. */
  readonly faults: FaultShares | null;
}

/** The five largest, with numbers in the order of `SOURCES`. */
export interface TopLists {
  /** By revenue in cents. */
  readonly products: readonly TopEntry[];
  /** By transactions. */
  readonly states: readonly TopEntry[];
}

/** One line of a top list. */
export interface TopEntry {
  readonly name: string;
  readonly bySource: readonly number[];
}

/** At most ten a second: `event: tick`. Everything in it is a state or a cumulative count, never a difference. */
export interface Tick {
  /** The server's clock, ms since 1970; the page never uses its own for data. */
  readonly nowMs: number;
  readonly ledger: readonly LedgerLine[];
  /** Seconds that became complete or changed since the last tick; a page that missed some asks `/api/history`. */
  readonly seconds: readonly Second[];
  /** Newest first; only those since the last tick. */
  readonly samples: readonly Sample[];
  /** What changes seldom: when it has changed, and once a second, in case that tick was missed. */
  readonly slow?: SlowState;
}

/** The part of the state that not every tick carries. */
export interface SlowState {
  readonly parts: readonly PartState[];
  readonly controls: readonly SourceControl[];
  /** By range. */
  readonly top: Readonly<Record<RangeSeconds, TopLists>>;
}

/** Everything that a page needs to begin, and again after each reconnection: `event: snapshot`. */
export interface Snapshot extends Tick {
  readonly slow: SlowState;
  /** Changes when the server starts again. */
  readonly run: string;
  /** Every change needs a token. */
  readonly isTokenNeeded: boolean;
}

/**
 * Answer of `GET /api/history?range=900`: a snapshot with all complete seconds of the range, oldest first, so that a page
 * can begin with it.
 */
export type History = Snapshot;
