/** Which figures the README shows, of which sections of `RESULTS.md`. */
const SHOWN = [
  { section: "produce-records", figure: "records/s" },
  { section: "generate-to-kafka", figure: "tx/s acknowledged" },
  { section: "post-transactions", figure: "requests/s" },
  { section: "live-stream", figure: "delivery p99 ms" },
  { section: "start-and-idle", figure: "first 200 after ms" },
  { section: "consumer-backlog", figure: "documents/s after the first" },
  { section: "consumer-latency", figure: "p99 ms" },
] as const;

/** The README's table of figures: the medians of `RESULTS.md`, ours in the first column. */
export function figuresTable(results: string): string {
  const lines = SHOWN.flatMap(({ section, figure }) => {
    const text = results.split(`<!-- ${section} -->`)[1]?.split("<!-- ")[0];
    if (text === undefined) return [];
    const question = /^## (.+)$/m.exec(text)?.[1] ?? section;
    const [head = [], , ...rows] = [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row = ""]) =>
      row.split("|").map((cell) => cell.trim()),
    );
    const column = head.indexOf(figure);
    const cells = rows.map(([name = "", ...values]) => ({
      name,
      median: (values[column - 1] ?? "").replace(/ \(.*/, ""),
    }));
    const of = (isOurs: boolean): string =>
      cells
        .filter(({ name, median }) => name.startsWith("**ours**") === isOurs && median !== "")
        .map(({ name, median }) => `**${median}** ${name.replace(/^\*\*ours\*\*[ ,]*/, "")}`.trim())
        .join("<br>");
    return [`| ${question} | ${figure} | ${of(true)} | ${of(false)} |`];
  });
  return ["| question | figure | ours | others in the same run |", "|---|---|---|---|", ...lines].join("\n");
}

/** A README with the table between its marks as the results say it now. */
export function withFiguresTable(readme: string, results: string): string {
  return readme.replace(
    /(<!-- figures -->\n)[\s\S]*?(<!-- \/figures -->)/,
    `$1\n${figuresTable(results).replaceAll("$", "$$$$")}\n\n$2`,
  );
}

/** Brings the README's table up to date. */
export async function updateReadme(): Promise<void> {
  const readme = Bun.file(new URL("../README.md", import.meta.url));
  const results = await Bun.file(new URL("RESULTS.md", import.meta.url)).text();
  await Bun.write(readme, withFiguresTable(await readme.text(), results));
}

if (import.meta.main) await updateReadme();
