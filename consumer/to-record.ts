import type { IHeaders, KafkaMessage } from "kafkajs";
import type { ConsumedRecord } from "./record.ts";

const NONE: ConsumedRecord["headers"] = {};

/** A record as kafkajs gives it, as ours. */
export function toRecord(topic: string, partition: number, message: KafkaMessage): ConsumedRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    // kafkajs decodes them when they are asked for, which is seldom.
    get headers() {
      return headersOf(message.headers);
    },
    producedAtMs: Number(message.timestamp),
  };
}

function headersOf(headers: IHeaders | undefined): ConsumedRecord["headers"] {
  if (headers === undefined) return NONE;
  const bytes = (value: Buffer | string): Uint8Array => (typeof value === "string" ? Buffer.from(value) : value);
  const entries = Object.entries(headers).map(([name, value]) => {
    if (value === undefined) return [name, null] as const;
    return [name, Array.isArray(value) ? value.map(bytes) : bytes(value)] as const;
  });
  return entries.length === 0 ? NONE : Object.fromEntries(entries);
}
