import type { Account, Line } from "./reconcile.ts";

const COLUMNS: readonly (readonly [string, (line: Line) => number])[] = [
  ["first", (line) => line.firstOffset],
  ["next", (line) => line.nextOffset],
  ["end", (line) => line.endOffset],
  ["stored", (line) => line.stored],
  ["duplicate", (line) => line.duplicates],
  ["dead", (line) => line.deadLettered],
  ["absent", (line) => line.absent],
  ["documents", (line) => line.documents],
];
/** Sums of offsets mean nothing. */
const SUMMED_FROM = 3;
const group = new Intl.NumberFormat("en-US");

/** The account as a table for a person, without colours, ending in the verdict. */
export function printAccount(account: Account): string {
  const name = (line: Line): string => `${line.topic}/${line.partition}`;
  const width = Math.max(5, ...account.lines.map((line) => name(line).length));
  const row = (head: string, cells: readonly string[]): string =>
    `${head.padEnd(width)}  ${cells.map((cell) => cell.padStart(11)).join("")}`;
  const sums = COLUMNS.map(([, value], index) =>
    index < SUMMED_FROM ? "" : group.format(account.lines.reduce((sum, line) => sum + value(line), 0)),
  );
  return [
    row(
      "",
      COLUMNS.map(([title]) => title),
    ),
    ...account.lines.map((line) =>
      row(
        name(line),
        COLUMNS.map(([, value]) => group.format(value(line))),
      ),
    ),
    row("total", sums),
    "",
    ...account.checks.map(({ ok, name: check, detail }) => `${ok ? "✓" : "✗"} ${check}: ${detail}`),
    "",
    account.ok
      ? "Nothing is missing and nothing is there twice."
      : "The account does not add up: see the lines with ✗.",
  ].join("\n");
}
