/**
 * What the dashboard's server tells the page: the shapes of `/events` (snapshot, ticks), `/api/history` and
 * `/api/ledger`. Safe for the browser; the server imports it too, so that both sides mean the same.
 */
import type { FaultShares } from "#contract/reasons.ts";
import type { SourceId } from "#contract/sources.ts";
import type { PaymentMethod, Status } from "#contract/transaction.ts";

/** Parts of the pipeline that can be up or down, in the order in which a transaction passes them. */
export const PARTS = ["faker", "mockoon", "kafka", "consumer", "mongodb"] as const;
/** One of {@link PARTS}. */
export type Part = (typeof PARTS)[number];

/** Whether a part works, in words when it does not. */
export interface PartState {
  readonly part: Part;
  readonly up: boolean;
  /** Why not, for people; empty when it is up. */
  readonly reason: string;
  /** Since when it is as it is, ms since 1970 by the server's clock. */
  readonly sinceMs: number;
}

/**
 * Totals of one source over everything that was ever stored or since the server knows; cumulative, so that a tick
 * that is missed costs nothing: the page takes differences.
 */
export interface SourceTotals {
  /** Records in Kafka: sum of end offsets minus first offsets. */
  produced: number;
  stored: number;
  duplicates: number;
  deadLettered: number;
  absent: number;
}

/** One complete second of one source. Sums of the rollups of all its partitions. */
export interface SecondOfSource {
  /** Records that arrived in Kafka in this second, by its end offsets; `null` when Kafka was not asked. */
  readonly produced: number | null;
  readonly stored: number;
  readonly revenueCents: number;
  /** In the order of `STATUSES`. */
  readonly statuses: readonly number[];
  /** In the order of `PAYMENT_METHODS`. */
  readonly payments: readonly number[];
  /** Produced to stored, by bucket of `latencyBucket`; trailing zeros are cut off. */
  readonly latency: readonly number[];
}

/** One complete second. A second that the server does not know is not there at all: a gap, not a zero. */
export interface Second {
  /** Seconds since 1970. */
  readonly second: number;
  readonly sources: Readonly<Record<SourceId, SecondOfSource>>;
}

/** One line of the ledger against Kafka, as the "Accounted for" tile opens it. */
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

/** What a source says of itself. */
export interface SourceControl {
  readonly source: SourceId;
  /** Rate it was asked for, per second; `null` while it does not answer. */
  readonly perSecond: number | null;
  readonly acknowledged: number | null;
  readonly failed: number | null;
  readonly pending: number | null;
  readonly seed: number | null;
  /** Shares of faults on purpose; `null` while it does not answer. */
  readonly faults: FaultShares | null;
  /** It can't keep the rate that it was asked for. */
  readonly behind: boolean;
}

/** Top lists over the last 15 minutes. */
export interface TopLists {
  /** By revenue; cents in the order of `SOURCES`. */
  readonly products: readonly { readonly name: string; readonly cents: readonly number[] }[];
  /** By transactions; counts in the order of `SOURCES`. */
  readonly states: readonly { readonly name: string; readonly counts: readonly number[] }[];
}

/** Everything that a page needs to begin, and again after each reconnection: `event: snapshot`. */
export interface Snapshot extends Tick {
  /** Changes when the server starts again: what the page collected before may not fit. */
  readonly run: string;
  /** Ids of topics by source, for people. */
  readonly topics: Readonly<Record<SourceId, string>>;
  /** The page asks for a token before it changes anything. */
  readonly tokenNeeded: boolean;
}

/** At most ten a second: `event: tick`. Everything in it is a state or a cumulative count, never a difference. */
export interface Tick {
  /** The server's clock, ms since 1970; the page never uses its own for data. */
  readonly nowMs: number;
  readonly parts: readonly PartState[];
  readonly totals: Readonly<Record<SourceId, SourceTotals>>;
  readonly ledger: readonly LedgerLine[];
  readonly controls: readonly SourceControl[];
  /** Seconds that became complete since the last tick; a page that missed some asks `/api/history`. */
  readonly seconds: readonly Second[];
  /** Newest first; only those since the last tick. */
  readonly samples: readonly Sample[];
  /** Once a second; absent in the other ticks. */
  readonly top?: TopLists;
}

/** Answer of `GET /api/history?range=900`. */
export interface History {
  readonly nowMs: number;
  /** Oldest first; complete seconds only. */
  readonly seconds: readonly Second[];
  readonly samples: readonly Sample[];
  readonly top: TopLists;
}
