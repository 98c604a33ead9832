import { parseArgs } from "node:util";
import { printProgress } from "../../stack/progress.ts";
import { EXIT_USAGE, messageOf, StackError } from "../../stack/stack-error.ts";
import { whole } from "../options.ts";
import { compose, urlOf } from "./compose.ts";
import { HARMS } from "./harms.ts";

const HELP = `bun run drill:cluster [--rate N] [--seconds N]

Kills brokers, MongoDB's primary and the consumer of a running cluster (compose.cluster.yml), cuts a broker off, and
counts afterwards whether anything was lost or stored twice. Exit code 0 only if nothing was.

  --rate N      transactions per second meanwhile (default 3000)
  --seconds N   how long each harm lasts (default 20)
`;
const CALM_SECONDS = 10;
const RECOVERY_DEADLINE_MS = 180_000;
const say = printProgress("cluster");

interface Row {
  readonly harm: string;
  /** Transactions that Kafka acknowledged while the harm lasted. */
  readonly acknowledged: number;
  /** How long the consumer was behind afterwards, in milliseconds. */
  readonly recoveryMs: number;
}

async function main(args: string[]): Promise<number> {
  try {
    const { values } = parse(args);
    const rate = whole("rate", values.rate ?? "3000", 1, 100_000);
    const seconds = whole("seconds", values.seconds ?? "20", 1, 3_600);
    const producer = await urlOf("producer", 8000);
    const consumer = await urlOf("consumer", 8002);
    await setRate(producer, rate);
    try {
      say(`${rate} transactions a second; ${CALM_SECONDS} s of calm first`);
      await Bun.sleep(CALM_SECONDS * 1_000);
      const rows: Row[] = [];
      for (const { name, begin } of HARMS) {
        const before = await acknowledgedBy(producer);
        say(`${name} …`);
        const undo = await begin();
        await Bun.sleep(seconds * 1_000);
        const acknowledged = (await acknowledgedBy(producer)) - before;
        await undo();
        const recoveryMs = await untilCaughtUp(consumer, rate);
        say(`${name}: ${acknowledged} acknowledged meanwhile, caught up ${(recoveryMs / 1_000).toFixed(1)} s after it`);
        rows.push({ harm: name, acknowledged, recoveryMs });
        await Bun.sleep(CALM_SECONDS * 1_000);
      }
      await setRate(producer, 0);
      await untilCaughtUp(consumer, 0);
      return await verdict(rows);
    } finally {
      await setRate(producer, 0).catch(() => undefined);
    }
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof StackError ? error.exitCode : 1;
  }
}

/** Prints what happened and what `verify`, which counts by itself, makes of it. */
async function verdict(rows: readonly Row[]): Promise<number> {
  const width = Math.max(...rows.map(({ harm }) => harm.length));
  process.stdout.write(`\n${"".padEnd(width)}  acknowledged  caught up in\n`);
  for (const { harm, acknowledged, recoveryMs } of rows)
    process.stdout.write(
      `${harm.padEnd(width)}  ${acknowledged.toLocaleString("en-US").padStart(12)}  ${`${(recoveryMs / 1_000).toFixed(1)} s`.padStart(12)}\n`,
    );
  try {
    process.stdout.write(`\n${(await compose("run", "--rm", "--quiet-build", "verify")).stdout}`);
    return 0;
  } catch (error) {
    process.stdout.write(`\n${messageOf(error)}\n`);
    return 1;
  }
}

/** @returns after how many milliseconds the consumer was less than a second behind */
async function untilCaughtUp(consumer: string, rate: number): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const waitedMs = performance.now() - startedAt;
    const lag = await lagOf(consumer);
    if (lag !== undefined && lag <= rate) return waitedMs;
    if (waitedMs > RECOVERY_DEADLINE_MS)
      throw new StackError(`the consumer is still behind after ${RECOVERY_DEADLINE_MS / 1_000} s (lag ${lag})`);
    await Bun.sleep(100);
  }
}

async function lagOf(consumer: string): Promise<number | undefined> {
  try {
    const answer = await fetch(`${consumer}/ledger`, { signal: AbortSignal.timeout(5_000) });
    const { totals } = (await answer.json()) as { totals?: { lag: number | null } };
    return totals?.lag ?? undefined;
  } catch {
    return undefined;
  }
}

async function acknowledgedBy(producer: string): Promise<number> {
  const answer = await fetch(`${producer}/stats`, { signal: AbortSignal.timeout(5_000) });
  return ((await answer.json()) as { acknowledged: number }).acknowledged;
}

async function setRate(producer: string, perSecond: number): Promise<void> {
  const answer = await fetch(`${producer}/rate`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ perSecond }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new StackError(`PUT ${producer}/rate answers ${answer.status}: ${await answer.text()}`);
}

function parse(args: string[]): ReturnType<typeof parseStrictly> {
  try {
    return parseStrictly(args);
  } catch (error) {
    throw new StackError(`${messageOf(error)}\n\n${HELP}`, EXIT_USAGE);
  }
}

// A function of its own for its inferred type.
const parseStrictly = (args: string[]) =>
  parseArgs({ args, options: { rate: { type: "string" }, seconds: { type: "string" } } });

process.exit(await main(process.argv.slice(2)));
