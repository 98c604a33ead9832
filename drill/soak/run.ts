import { printProgress } from "../../stack/progress.ts";
import { messageOf, StackError } from "../../stack/stack-error.ts";
import { RunningStack } from "../running-stack.ts";
import { readSoakOptions, SOAK_HELP } from "./options.ts";
import { writeReport } from "./report.ts";
import { soak } from "./soak.ts";

process.exit(await main(process.argv.slice(2)));

async function main(args: string[]): Promise<number> {
  try {
    const options = readSoakOptions(args);
    if (options.help) {
      process.stdout.write(SOAK_HELP);
      return 0;
    }
    const giveUp = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const)
      process.once(name, () => giveUp.abort(new StackError(`given up (${name})`, 130)));
    await using stack = RunningStack.find(options.dataDir);
    const result = await soak(stack, options, printProgress("soak"), giveUp.signal);
    process.stdout.write(
      `\n${await writeReport(options.report, result)}\nreport.md and report.svg are in ${options.report}\n`,
    );
    return result.account.ok && result.wrong.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof StackError ? error.exitCode : 1;
  }
}
