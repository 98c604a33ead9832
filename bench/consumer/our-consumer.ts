import { ENGINE_OPTIONS } from "../../stack/services.ts";
import { commandOf } from "../../test/harness/service-process.ts";
import type { ContestantSink } from "./contestant-sink.ts";

/** The name of our row. */
export const OURS = "**ours** (consumer/, with ledger, rollups, validation)";

/** The consumer as users run it. A second topic is always read: where there is none, an empty one of that name. */
export const ourConsumer: ContestantSink = {
  name: OURS,
  prepare: async ({ broker, topics: [faker = "", mockoon = `${faker}-empty`], group, mongoUri }) => ({
    command: commandOf("consumer"),
    env: {
      ...ENGINE_OPTIONS.consumer,
      ...{ KAFKA_BROKER: broker, MONGO_URI: mongoUri, CONSUMER_GROUP: group },
      ...{ FAKER_TOPIC: faker, MOCKOON_TOPIC: mockoon, PORT: "0", LOG_FORMAT: "json" },
    },
  }),
};
