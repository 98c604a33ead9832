import type { Outcome } from "./drill.ts";

const count = new Intl.NumberFormat("en-US");
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const COLUMNS: readonly (readonly [string, (outcome: Outcome) => string])[] = [
  ["times", ({ times }) => count.format(times)],
  ["produced", ({ produced }) => count.format(produced)],
  ["stored", ({ stored }) => count.format(stored)],
  ["duplicates", ({ duplicates }) => count.format(duplicates)],
  ["dead-lettered", ({ deadLettered }) => count.format(deadLettered)],
  ["missing", ({ missing }) => count.format(missing)],
  ["doubled", ({ doubled }) => count.format(doubled)],
  ["longest pause", ({ longestPauseMs }) => seconds(longestPauseMs)],
  ["recovered in", ({ recoveryMs }) => seconds(recoveryMs)],
];

/** Whether nothing is missing, nothing doubled, and harm was possible. */
export function isGood({ missing, doubled, complaints }: Outcome): boolean {
  return missing === 0 && doubled === 0 && complaints.length === 0;
}

/** The one table at the end, with the verdict. */
export function printOutcomes(outcomes: readonly Outcome[], seed: number): string {
  const width = Math.max(...outcomes.map(({ drill }) => drill.length));
  const row = (head: string, cells: readonly string[]): string =>
    `${head.padEnd(width)}  ${cells.map((cell) => cell.padStart(14)).join("")}`;
  const bad = outcomes.filter((outcome) => !isGood(outcome));
  return [
    row(
      "",
      COLUMNS.map(([title]) => title),
    ),
    ...outcomes.map((outcome) =>
      row(
        outcome.drill,
        COLUMNS.map(([, cell]) => cell(outcome)),
      ),
    ),
    "",
    ...bad.flatMap(({ drill, complaints }) => complaints.map((complaint) => `✗ ${drill}: ${complaint}`)),
    bad.length === 0
      ? "Nothing is missing and nothing is there twice."
      : `Failed: ${bad.map(({ drill }) => drill).join(", ")}. To repeat it: --seed ${seed}`,
  ].join("\n");
}
