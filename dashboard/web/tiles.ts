import type { SourceId } from "#contract/sources.ts";
import { accountOf } from "./account.ts";
import { TARGET_MS } from "./charts/time-to-store.ts";
import { count, duration, money, rate, shortenedMoney, UNKNOWN } from "./formats.ts";
import type { Frame } from "./frame.ts";
import { lagOf, producedPerSecond, storedPerSecond, sumOverSources } from "./rates.ts";
import { SOURCES } from "./sources.ts";
import { overSources } from "./totals.ts";

/** What a tile says. */
export interface TileText {
  readonly value: string;
  readonly unit?: string;
  readonly note: string;
  /** Colour of the note; its words say the same. */
  readonly tone?: "good" | "warn" | "bad";
}

/** One number with its meaning. */
export interface Tile {
  readonly id: string;
  readonly label: string;
  /** Shape beside the label. */
  readonly mark?: SourceId;
  readonly read: (frame: Frame) => TileText;
  /** Values of the small line by second. */
  readonly line?: { readonly color: string; readonly read: (frame: Frame, second: number) => number | null };
  /** What a click on it opens, as the label of the button says it. */
  readonly opens?: string;
}

const NOT_KNOWN: TileText = { value: UNKNOWN, note: "not known now" };

/** All tiles in the order of the page. */
export const TILES: readonly Tile[] = [
  {
    id: "throughput",
    label: "Throughput",
    read: (frame) => ({
      value: rate(producedPerSecond(frame)),
      unit: "/s",
      note: storedNote(
        frame,
        overSources(frame.totals, ({ stored }) => stored),
      ),
    }),
    line: { color: "--text", read: ({ ring }, second) => sumOverSources((id) => ring.produced(id, second)) },
  },
  ...SOURCES.map(
    ({ id, title }): Tile => ({
      id,
      label: title,
      mark: id,
      read: (frame) => {
        const produced = frame.ring.produced(id, frame.newest);
        const all = producedPerSecond(frame);
        const share = produced === null || !all ? "" : ` · ${Math.round((produced / all) * 100)}\u00A0%`;
        return { value: rate(produced), unit: "/s", note: `${storedNote(frame, frame.totals[id].stored)}${share}` };
      },
      line: { color: `--${id}`, read: ({ ring }, second) => ring.produced(id, second) },
    }),
  ),
  {
    id: "revenue",
    label: "Revenue",
    read: ({ ring, newest, countFrom }) => {
      const { revenueCents, stored, seconds } = ring.sums(Math.max(countFrom, newest - 59), newest + 1);
      const [cents, sold] = [revenueCents, stored].map((bySource) => bySource.reduce((sum, value) => sum + value, 0));
      if (seconds === 0) return NOT_KNOWN;
      if (cents === undefined || !sold)
        return { value: money(0), unit: "/min", note: "nothing sold in the last minute" };
      return {
        value: shortenedMoney((cents * 60) / seconds),
        unit: "/min",
        note: `average order ${money(cents / sold)}`,
      };
    },
    line: { color: "--muted", read: ({ ring }, second) => sumOverSources((id) => ring.revenueCents(id, second)) },
  },
  {
    id: "time-to-store",
    label: "Stored after, p95",
    read: (frame) => {
      const { ring, newest } = frame;
      const p95 = ring.percentile("p95", newest);
      if (storedPerSecond(frame) === null) return NOT_KNOWN;
      if (p95 === null) return { value: UNKNOWN, note: "nothing stored in the last second" };
      const isGood = p95 <= TARGET_MS;
      return {
        value: duration(p95),
        note: isGood ? `✓ below ${TARGET_MS} ms target` : `! above ${TARGET_MS} ms target`,
        tone: isGood ? "good" : "warn",
      };
    },
    line: { color: "--time-high", read: ({ ring }, second) => ring.percentile("p95", second) },
  },
  {
    id: "lag",
    label: "Consumer lag",
    read: (frame) => {
      const lag = lagOf(frame.tick?.ledger ?? []);
      if (lag === null) return NOT_KNOWN;
      const stored = storedPerSecond(frame);
      if (lag === 0) return { value: "0", note: "✓ all read", tone: "good" };
      if (!stored) return { value: count(lag), note: "! nothing is being read", tone: "warn" };
      const workMs = (lag / stored) * 1000;
      const isGood = workMs < 2_000;
      return {
        value: count(lag),
        note: `${isGood ? "✓" : "!"} ${duration(workMs)} of work`,
        tone: isGood ? "good" : "warn",
      };
    },
  },
  {
    id: "dead-letters",
    label: "Dead letters",
    opens: "Dead letters: look inside, replay",
    read: ({ tick, totals }) => {
      if (!tick?.ledger.length) return NOT_KNOWN;
      const letters = overSources(totals, ({ deadLettered }) => deadLettered);
      const duplicates = overSources(totals, (sums) => sums.duplicates);
      const also = duplicates > 0 ? ` · ${count(duplicates)} duplicates` : "";
      return letters === 0
        ? { value: "0", note: `✓ none${also}`, tone: "good" }
        : { value: count(letters), note: `! look inside${also}`, tone: "warn" };
    },
  },
  {
    id: "accounted",
    label: "Accounted for",
    opens: "Accounted for: the ledger by partition",
    read: ({ tick }) => {
      const { verdict, records, onTheirWay, complaints } = accountOf(tick?.ledger ?? []);
      if (verdict === "wrong") return { value: "✗", note: complaints[0] ?? "", tone: "bad" };
      if (verdict === "unknown") return NOT_KNOWN;
      const isAll = onTheirWay === 0;
      return {
        // Rounded down: it says 100 only when it is all.
        value: records === 0 || isAll ? "100 %" : `${Math.floor(((records - onTheirWay) / records) * 1000) / 10} %`,
        note: isAll ? `✓ all ${count(records)} records` : `✓ ${count(onTheirWay)} of ${count(records)} on their way`,
        tone: "good",
      };
    },
  },
];

function storedNote({ tick }: Frame, stored: number): string {
  return tick?.ledger.length ? `${count(stored)} stored` : NOT_KNOWN.note;
}
