import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fetchKafka } from "../stack/fetch-kafka.ts";
import { printProgress } from "../stack/progress.ts";
import { startOwnKafka } from "../test/harness/servers.ts";
import { produceRecords } from "./produce-records.ts";
import { peersPython } from "./python.ts";
import { writeAnswer } from "./results.ts";
import { writeRecords } from "./write-records.ts";

const say = printProgress("bench");
const QUESTIONS = ["produce-records"] as const;

process.exit(await main());

/** `bun run bench [NAME …] [--rounds N]` */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "3" } },
  });
  const wrong = positionals.filter((name) => !(QUESTIONS as readonly string[]).includes(name));
  const rounds = Number(values.rounds);
  if (wrong.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    process.stderr.write(
      `found ${[...wrong, `--rounds ${values.rounds}`].join(" ")}; questions: ${QUESTIONS.join(", ")}\n`,
    );
    return 64;
  }
  const folder = mkdtempSync(join(tmpdir(), "pipeline-bench-"));
  try {
    const kafka = await fetchKafka(printProgress("kafka"));
    const python = await peersPython(say);
    const records = join(folder, "records.jsonl");
    await writeRecords(records, 50_000);
    await using broker = await startOwnKafka();
    const answer = await produceRecords({ broker: broker.broker, kafka, python, records, rounds, onProgress: say });
    await writeAnswer(answer);
    for (const verdict of answer.verdicts) say(verdict);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
