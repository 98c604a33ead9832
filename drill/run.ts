import { printProgress } from "../stack/progress.ts";
import { messageOf, StackError } from "../stack/stack-error.ts";
import type { Outcome } from "./drill.ts";
import { DRILLS } from "./drills.ts";
import { HELP, readOptions } from "./options.ts";
import { isGood, printOutcomes } from "./print-outcomes.ts";
import { runDrill } from "./run-drill.ts";
import { RunningStack } from "./running-stack.ts";

/** Unless `--times` says otherwise. */
const TIMES: Readonly<Record<string, number>> = { "kill-consumer": 3 };

process.exit(await main(process.argv.slice(2)));

async function main(args: string[]): Promise<number> {
  try {
    const options = readOptions(args);
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const { seed, rate } = options;
    const giveUp = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const)
      process.once(name, () => giveUp.abort(new StackError(`given up (${name})`, 130)));
    await using stack = RunningStack.find(options.dataDir);
    const outcomes: Outcome[] = [];
    for (const name of options.names) {
      const drill = DRILLS[name];
      if (drill === undefined) continue;
      const say = printProgress(name);
      say(drill.what);
      const times = options.times ?? TIMES[name] ?? 1;
      outcomes.push(await runDrill({ name, drill, stack, times, rate, seed, say, signal: giveUp.signal }));
    }
    process.stdout.write(`\n${printOutcomes(outcomes, seed)}\n`);
    return outcomes.every(isGood) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof StackError ? error.exitCode : 1;
  }
}
