import { expect } from "bun:test";
import type { Message } from "kafkajs";
import { getJson } from "./http.ts";
import type { ServiceProcess } from "./service-process.ts";
import { quietKafka } from "./topics.ts";
import { until } from "./until.ts";

/** One partition as `GET /ledger` shows it. */
export interface LedgerLine {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly endOffset: number | null;
  readonly lag: number | null;
  readonly stored: number;
  readonly duplicates: number;
  readonly deadLettered: number;
  readonly absent: number;
}

/** What `GET /ledger` answers. */
export interface Ledger {
  readonly partitions: readonly LedgerLine[];
  readonly totals: Pick<LedgerLine, "lag" | "stored" | "duplicates" | "deadLettered" | "absent">;
}

/** Sends records as any program might, each acknowledged. */
export async function send(
  broker: string,
  topic: string,
  messages: Message[],
  options: { readonly compression?: number } = {},
): Promise<void> {
  const producer = quietKafka(broker).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    for (let from = 0; from < messages.length; from += 500)
      await producer.send({ topic, acks: -1, messages: messages.slice(from, from + 500), ...options });
  } finally {
    await producer.disconnect();
  }
}

/** The consumer's ledger. */
export function ledgerOf(consumer: Pick<ServiceProcess, "url">): Promise<Ledger> {
  return getJson<Ledger>(`${consumer.url}/ledger`);
}

/**
 * Waits until the consumer has accounted for everything up to the end of each partition, and expects the ledger to
 * add up.
 *
 * @param partitions - how many it must know
 */
export async function untilRead(consumer: ServiceProcess, partitions: number, deadlineMs = 30_000): Promise<Ledger> {
  let last: Ledger | undefined;
  try {
    return await until(
      `the consumer has read ${partitions} partitions to their ends`,
      async () => {
        last = await ledgerOf(consumer);
        for (const line of last.partitions) expectLineAddsUp(line);
        return last.partitions.length >= partitions && last.totals.lag === 0 && last;
      },
      deadlineMs,
    );
  } catch (error) {
    throw new Error(`${error}\n${JSON.stringify(last)}\n${consumer.logs().slice(-4_000)}`, { cause: error });
  }
}

/** Stored + duplicates + deadLettered + absent = nextOffset - firstOffset. */
export function expectLineAddsUp(line: LedgerLine): void {
  const { stored, duplicates, deadLettered, absent, nextOffset, firstOffset } = line;
  expect(stored + duplicates + deadLettered + absent, JSON.stringify(line)).toBe(nextOffset - firstOffset);
}
