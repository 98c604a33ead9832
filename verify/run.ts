import { parseArgs } from "node:util";
import { ConfigError, EXIT_CONFIG, readConfig } from "#runtime/config.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { createLog } from "#runtime/log.ts";
import { mongoUriOf } from "#runtime/mongo-variables.ts";
import { VERIFY_VARIABLES, type VerifyConfig } from "./config.ts";
import { printAccount } from "./print-account.ts";
import { verify } from "./verify.ts";

const USAGE = `bun run verify [--json] [--patience SECONDS]

Reconciles a running pipeline: Kafka's offsets, the ledger, the documents and dead letters in MongoDB, and what the
sources got acknowledged. Exit code 0 only if nothing is missing and nothing is there twice, 1 if the account does not
add up, 2 if it could not be drawn up.

  --json              the account as JSON, for machines
  --patience SECONDS  how long the consumer may stand still before it counts as behind (default 30)
  --help              this text
`;

process.exit(await main());

async function main(): Promise<number> {
  let options: { json?: boolean; patience?: string; help?: boolean };
  let config: VerifyConfig;
  try {
    options = parseArgs({
      options: { json: { type: "boolean" }, patience: { type: "string" }, help: { type: "boolean" } },
    }).values;
    config = readConfig("verify", VERIFY_VARIABLES, process.env);
  } catch (error) {
    const wrongVariable = error instanceof ConfigError;
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${wrongVariable ? "" : `\n${USAGE}`}`);
    return wrongVariable ? EXIT_CONFIG : 64;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const patience = Number(options.patience ?? 30);
  if (!(patience >= 0)) {
    process.stderr.write(`--patience: found ${options.patience}, accepted: seconds, 0 or more\n`);
    return 64;
  }
  const showProgress = process.stderr.isTTY;
  try {
    const account = await verify({
      kafka: createKafka(config, "verify", createLog({ service: "verify", level: "silent", format: "text" })),
      mongoUri: mongoUriOf(config),
      topics: { faker: config.FAKER_TOPIC, mockoon: config.MOCKOON_TOPIC },
      urls: { faker: config.FAKER_URL, mockoon: config.MOCKOON_SOURCE_URL },
      catchUpMs: patience * 1000,
      onProgress: (what) => {
        if (showProgress) process.stderr.write(`\r\u001b[K${what} …`);
      },
    });
    if (showProgress) process.stderr.write("\r\u001b[K");
    process.stdout.write(options.json ? `${JSON.stringify(account, null, 2)}\n` : `${printAccount(account)}\n`);
    return account.ok ? 0 : 1;
  } catch (error) {
    if (showProgress) process.stderr.write("\r\u001b[K");
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The account could not be drawn up: ${reason}\nIs the pipeline running (bun start)?\n`);
    return 2;
  }
}
