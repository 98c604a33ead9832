import type { SourceId } from "#contract/sources.ts";
import { SOURCES } from "./sources.ts";

/** Numbers, amounts and times as the browser's language writes them. */
const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const upToTenths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const dollars = { style: "currency", currency: "USD" } as const;
const exactMoney = new Intl.NumberFormat(undefined, dollars);
const shortMoney = new Intl.NumberFormat(undefined, { ...dollars, notation: "compact", maximumSignificantDigits: 4 });
const axisMoney = new Intl.NumberFormat(undefined, { ...dollars, notation: "compact", maximumSignificantDigits: 3 });
const signed = new Intl.NumberFormat(undefined, {
  maximumFractionDigits: 1,
  minimumFractionDigits: 1,
  signDisplay: "exceptZero",
});
const time = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const shortTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** Stands where a value is not known. */
export const UNKNOWN = "–";

/** `12,708` */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? UNKNOWN : whole.format(value);
}

/** `12.7K`, for axes. */
export function shortCount(value: number): string {
  return short.format(value);
}

/** A rate: tenths below 10, whole numbers above. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return value < 10 ? upToTenths.format(value) : whole.format(value);
}

/** `$1,773.65` */
export function money(cents: number | null | undefined): string {
  return cents === null || cents === undefined ? UNKNOWN : exactMoney.format(cents / 100);
}

/** `$921.2M`; exact below ten thousand dollars. */
export function shortenedMoney(cents: number | null | undefined): string {
  if (cents === null || cents === undefined) return UNKNOWN;
  return cents < 1_000_000 ? exactMoney.format(cents / 100) : shortMoney.format(cents / 100);
}

/** `$10M`, for axes. */
export function axisAmount(cents: number): string {
  return axisMoney.format(cents / 100);
}

/** `25.7 %` of a share of 0 to 1. */
export function percent(share: number | null): string {
  return share === null || Number.isNaN(share) ? UNKNOWN : `${tenths.format(share * 100)} %`;
}

/** `+3.9 pp` of a difference of two shares. */
export function points(difference: number | null): string {
  return difference === null || Number.isNaN(difference) ? UNKNOWN : `${signed.format(difference * 100)} pp`;
}

/** A duration in ms as people say it: `28 ms`, `1.4 s`, `3 min`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return UNKNOWN;
  if (ms < 10) return `${upToTenths.format(ms)} ms`;
  if (ms < 1_000) return `${whole.format(ms)} ms`;
  if (ms < 60_000) return `${upToTenths.format(ms / 1000)} s`;
  if (ms < 3_600_000) return `${whole.format(Math.floor(ms / 60_000))} min`;
  return `${upToTenths.format(ms / 3_600_000)} h`;
}

/** `14:02:31` */
export function timeOfDay(ms: number): string {
  return time.format(ms);
}

/** `14:02` */
export function minuteOfDay(ms: number): string {
  return shortTime.format(ms);
}

/** `Nov 24, 14:02:31` */
export function moment(ms: number): string {
  return dayAndTime.format(ms);
}

/**
 * A text from a transaction, for one line: characters that turn the direction of what follows, and control
 * characters, are shown as �, since they could make a row say something else than it does.
 */
export function plain(text: string): string {
  return text.replace(/[\u202A-\u202E\u2066-\u2069\p{Cc}]/gu, "\uFFFD");
}

/** A word as the first of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What people call a source. A page older than its server may not know it. */
export function sourceTitle(id: SourceId): string {
  return SOURCES.find((source) => source.id === id)?.title ?? id;
}
