import { parseArgs } from "node:util";
import { printProgress } from "../stack/progress.ts";
import { removeFolder, temporaryFolder } from "../test/harness/end-with-us.ts";
import { buildExecutables } from "../test/harness/executables.ts";
import { updateReadme } from "./figures-table.ts";
import { QUESTIONS } from "./questions.ts";
import { writeAnswer } from "./results.ts";

const say = printProgress("bench");

process.exit(await main());

/** `bun run bench [NAME …] [--rounds N]`: a name is a part's or a question's; without one all questions are asked. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "3" } },
  });
  const all = Object.values(QUESTIONS).flat();
  const chosen = positionals.length === 0 ? all : positionals.flatMap((name) => QUESTIONS[name] ?? named(name));
  const rounds = Number(values.rounds);
  if (chosen.includes(undefined) || !Number.isInteger(rounds) || rounds < 1) {
    const known = [...Object.keys(QUESTIONS), ...all.map(({ name }) => name)].join(", ");
    process.stderr.write(
      `found ${[...positionals, `--rounds ${values.rounds}`].join(" ")}; accepted are ${known} and --rounds 1 or more\n`,
    );
    return 64;
  }
  say("building the services …");
  Object.assign(process.env, await buildExecutables());
  for (const question of chosen) {
    if (question === undefined) continue;
    const folder = temporaryFolder("pipeline-bench-");
    try {
      say(question.name);
      const answer = await question.ask({ folder, rounds, onProgress: say }).catch((error) => {
        throw firstOf(error);
      });
      await writeAnswer(answer);
      await updateReadme();
      for (const verdict of answer.verdicts) say(verdict);
    } finally {
      removeFolder(folder);
    }
  }
  return 0;
}

/** What went wrong at first; Bun shows of both nothing but that there were two. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}

function named(name: string): (typeof QUESTIONS)[string][number] | undefined {
  return Object.values(QUESTIONS)
    .flat()
    .find((question) => question.name === name);
}
