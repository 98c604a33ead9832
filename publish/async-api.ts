import { EVENT_TYPE, eventSourceOf } from "#contract/cloud-event.ts";
import { CONSUMER_GROUP, PARTITIONS, SOURCES, type Source } from "#contract/sources.ts";
import { IncomingTransactionSchema, TransactionSchema } from "#contract/transaction-schema.ts";
import { version } from "../package.json" with { type: "json" };
import { type Published, portable } from "./json-schemas.ts";

const to = (path: string): Published => ({ $ref: `#/${path}` });
const text = (more: object): Published => ({ type: "string", ...more });

/** AsyncAPI 3 of topics, record headers and live streams. */
export function asyncApi(): Published {
  const topics = SOURCES.map((source) => [`${source.id}Topic`, topic(source)]);
  const streams = SOURCES.map((source) => [`${source.id}Stream`, stream(source)]);
  const sends = SOURCES.map(({ id, title }) => [
    `${id}Sends`,
    { action: "send", channel: to(`channels/${id}Topic`), summary: `The ${title} source sends a transaction.` },
  ]);
  const receives = SOURCES.map(({ id }) => [
    `${id}IsStored`,
    {
      action: "receive",
      channel: to(`channels/${id}Topic`),
      summary: "The consumer stores it, or keeps it as a dead letter.",
      bindings: { kafka: { groupId: text({ const: CONSUMER_GROUP }) } },
    },
  ]);
  const shows = [...SOURCES.map(({ id }) => `${id}Stream`), "page"].map((channel) => [
    `${channel}Shows`,
    { action: "send", channel: to(`channels/${channel}`), summary: "Server-sent events for whoever watches." },
  ]);
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Transactions pipeline",
      version,
      description:
        "What travels over Kafka and over the live streams. Delivery is at least once; `ce_id` tells doubles.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    servers: {
      kafka: { host: "localhost:9092", protocol: "kafka" },
      ...Object.fromEntries(SOURCES.map(({ id, port }) => [id, { host: `localhost:${port}`, protocol: "http" }])),
      dashboard: { host: "localhost:5173", protocol: "http" },
    },
    channels: {
      ...Object.fromEntries([...topics, ...streams]),
      page: {
        address: "/events",
        description: "Aggregates for the page: one `snapshot`, then at most ten `tick` a second.",
        servers: [to("servers/dashboard")],
        messages: { aggregates: { contentType: "text/event-stream", payload: { type: "object" } } },
      },
    },
    operations: Object.fromEntries([...sends, ...receives, ...shows]),
    components: {
      schemas: { transaction: portable(TransactionSchema), incomingTransaction: portable(IncomingTransactionSchema) },
    },
  };
}

function topic({ id, title, topic: address }: Source): Published {
  return {
    address,
    description: `Transactions of the ${title} source. The consumer also takes amounts as decimal strings and records without headers.`,
    servers: [to("servers/kafka")],
    messages: {
      transaction: {
        contentType: "application/json",
        headers: cloudEventHeaders(eventSourceOf(id)),
        payload: to("components/schemas/transaction"),
        bindings: { kafka: { key: text({ description: "the transaction_id" }) } },
      },
    },
    bindings: { kafka: { topic: address, partitions: PARTITIONS } },
  };
}

function stream({ id, streamPath, title }: Source): Published {
  return {
    address: streamPath,
    description: `Every transaction of the ${title} source once it is in Kafka: \`data\` is its JSON, \`id\` is partition:offset.`,
    servers: [to(`servers/${id}`)],
    messages: { event: { contentType: "text/event-stream", payload: to("components/schemas/transaction") } },
  };
}

/** CloudEvents 1.0, Kafka protocol binding, binary mode. */
function cloudEventHeaders(source: string): Published {
  return {
    type: "object",
    properties: {
      "content-type": text({ const: "application/json" }),
      ce_specversion: text({ const: "1.0" }),
      ce_type: text({ const: EVENT_TYPE }),
      ce_source: text({ const: source }),
      ce_id: text({ description: "the transaction_id; the same again means the same event again" }),
      ce_time: text({ format: "date-time", description: "when it was handed to Kafka" }),
      traceparent: text({ description: "W3C Trace Context, where the record belongs to a trace" }),
    },
  };
}
