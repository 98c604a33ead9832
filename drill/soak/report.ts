import { join } from "node:path";
import { printAccount } from "../../verify/print-account.ts";
import type { Account } from "../../verify/reconcile.ts";
import { CHART_HEIGHT, CHART_WIDTH, chart } from "./chart.ts";
import { type MemorySeries, slopeMbPerHour } from "./memory-watch.ts";
import type { MinuteLatency } from "./minute-latency.ts";

/** What a soak found. */
export interface SoakResult {
  readonly minutes: number;
  readonly rate: number;
  readonly seed: number;
  readonly kills: number;
  readonly longestPauseMs: number;
  /** Entries of the ledger that did not add up when they were seen. */
  readonly wrong: readonly string[];
  readonly memory: readonly MemorySeries[];
  readonly latency: readonly MinuteLatency[];
  readonly account: Account;
}

/** Writes `report.md` and `report.svg`. @returns the report's text */
export async function writeReport(folder: string, result: SoakResult): Promise<string> {
  const text = textOf(result);
  await Bun.write(join(folder, "report.svg"), pictureOf(result));
  await Bun.write(join(folder, "report.md"), text);
  return text;
}

function textOf({ minutes, rate, seed, kills, longestPauseMs, wrong, memory, latency, account }: SoakResult): string {
  const ms = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : "none stored");
  return [
    `# Soak: ${minutes} minutes at ${rate} a second, ${kills} kills`,
    `Seed ${seed}. Longest pause of the ledger: ${(longestPauseMs / 1000).toFixed(1)} s. Times at which the ledger did not add up, seen from outside: ${wrong.length}.`,
    "![memory and latency](report.svg)",
    [
      "| process | first MB | last MB | largest MB | slope MB/h |",
      "|---|---:|---:|---:|---:|",
      ...memory.map(memoryRow),
    ].join("\n"),
    [
      "| minute | stored | p50 ms | p95 ms | p99 ms |",
      "|---:|---:|---:|---:|---:|",
      ...latency.map((at) => `| ${at.minute + 1} | ${at.stored} | ${ms(at.p50)} | ${ms(at.p95)} | ${ms(at.p99)} |`),
    ].join("\n"),
    `\`\`\`\n${printAccount(account)}\n\`\`\``,
    "",
  ].join("\n\n");
}

function memoryRow(series: MemorySeries): string {
  const values = series.samples.map(({ megabytes }) => megabytes);
  const cells = [values[0] ?? 0, values.at(-1) ?? 0, Math.max(...values), slopeMbPerHour(series)];
  return `| ${series.name} | ${cells.map((cell) => cell.toFixed(1)).join(" | ")} |`;
}

function pictureOf({ memory, latency }: SoakResult): string {
  const memoryLines = memory.map(({ name, samples }) => ({
    name,
    points: samples.map(({ seconds, megabytes }) => [seconds / 60, megabytes] as const),
  }));
  const latencyLines = (["p50", "p95", "p99"] as const).map((name) => ({
    name,
    points: latency.map((at) => [at.minute + 1, at[name]] as const),
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT * 2}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${chart("Resident memory", memoryLines, 0, { x: "minutes", y: "MB" })}
${chart("Produced to stored", latencyLines, CHART_HEIGHT, { x: "minutes", y: "ms" })}
</svg>
`;
}
