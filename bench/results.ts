import { cpus, release, totalmem } from "node:os";
import type { Measured, Spread } from "./rounds.ts";

/** One answered question, as it goes into the report. */
export interface Answer {
  /** Stable name; a section of this name is replaced by the next run. */
  readonly name: string;
  readonly question: string;
  /** How it was measured, in a few sentences. */
  readonly how: string;
  readonly measured: readonly Measured[];
  /** Sentences with the ratios that follow. */
  readonly verdicts: readonly string[];
}

const FILE = new URL("RESULTS.md", import.meta.url);
const HEAD = `# Results

Written by \`bun run bench\`; not edited by hand. All figures of one section come from one run on one machine, side by
side, in rotated order. Each cell is the median, with minimum and maximum behind it. This is a shared machine: trust
ratios, not absolute figures.
`;
const marker = (name: string): string => `<!-- ${name} -->`;

/** Writes the section of an answer into \`bench/RESULTS.md\`, in place of the one of an earlier run. */
export async function writeAnswer(answer: Answer): Promise<void> {
  const file = Bun.file(FILE);
  const before = (await file.exists()) ? await file.text() : HEAD;
  const sections = before.split(/(?=<!-- [\w-]+ -->)/);
  const head = sections[0]?.startsWith("<!--") ? HEAD : (sections.shift() ?? HEAD);
  const others = sections.filter((section) => !section.startsWith(marker(answer.name)));
  const all = [...others, sectionOf(answer)].sort();
  await Bun.write(FILE, `${head.trimEnd()}\n\n${all.map((section) => section.trim()).join("\n\n")}\n`);
}

function sectionOf({ name, question, how, measured, verdicts }: Answer): string {
  const figures = [...new Set(measured.flatMap((row) => Object.keys(row.figures)))];
  const table = [
    `| | ${figures.join(" | ")} |`,
    `|---|${figures.map(() => "---:").join("|")}|`,
    ...measured.map((row) => `| ${row.name} | ${figures.map((figure) => cell(row.figures[figure])).join(" | ")} |`),
  ];
  return [
    marker(name),
    `## ${question}`,
    how,
    table.join("\n"),
    verdicts.map((verdict) => `- ${verdict}`).join("\n"),
    `${new Date().toISOString().slice(0, 10)}, ${machine()}`,
  ].join("\n\n");
}

function cell(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  return `${show(spread.median)} (${show(spread.min)} to ${show(spread.max)})`;
}

function show(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return new Intl.NumberFormat("en-US", { maximumFractionDigits: digits }).format(value);
}

function machine(): string {
  const [first] = cpus();
  const memoryGib = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${first?.model.trim()}), ${memoryGib} GiB, Linux ${release()}, Bun ${Bun.version}`;
}

/** Median of one contestant's figure through another's. */
export function ratio(measured: readonly Measured[], figure: string, ours: string, theirs: string): number {
  const of = (name: string): number => measured.find((row) => row.name === name)?.figures[figure]?.median ?? Number.NaN;
  return of(ours) / of(theirs);
}
