import { SOURCES } from "#contract/sources.ts";
import { ConfigError, EXIT_CONFIG, readConfig } from "#runtime/config.ts";
import { createKafka } from "#runtime/kafka-client.ts";
import { createLog } from "#runtime/log.ts";
import { mongoUriOf } from "#runtime/mongo-variables.ts";
import { topicsOf, urlsOf } from "#runtime/source-places.ts";
import { readArguments, USAGE, type VerifyArguments } from "./arguments.ts";
import { VERIFY_VARIABLES, type VerifyConfig } from "./config.ts";
import { printAccount } from "./print-account.ts";
import { verify } from "./verify.ts";

process.exit(await main());

async function main(): Promise<number> {
  let options: VerifyArguments;
  let config: VerifyConfig;
  try {
    options = readArguments(process.argv.slice(2));
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
  const showProgress = process.stderr.isTTY;
  try {
    const account = await verify({
      kafka: createKafka(config, "verify", createLog({ service: "verify", level: "silent", format: "text" })),
      mongoUri: mongoUriOf(config),
      topics: topicsOf(SOURCES, config),
      urls: urlsOf(SOURCES, config),
      catchUpMs: options.patienceMs,
      expect: options.expect,
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
