import type { Drill } from "./drill.ts";
import { startSecondConsumer } from "./second-consumer.ts";
import { LOADED } from "./source-rates.ts";

/** Longer than the group's session (6 s): the consumer has lost its partitions when it wakes up. */
const LONGER_THAN_A_SESSION_MS = 9_000;
const STEP_DOWN_SECONDS = 5;
const POISON_SECONDS = 5;

/** All drills by name, in the order of `all`. */
export const DRILLS: Readonly<Record<string, Drill>> = {
  "kill-consumer": {
    what: "kill the consumer with SIGKILL while it writes; bun start starts it again",
    harm: async ({ stack, say }) => {
      say(`SIGKILL to the consumer (pid ${stack.send("consumer", "SIGKILL").pid})`);
      await stack.untilReplaced("consumer");
    },
  },
  "pause-consumer": {
    what: "stop the consumer with SIGSTOP for longer than its session while a second one takes over, then wake it",
    harm: async ({ stack, say, wait }) => {
      await using second = await startSecondConsumer(stack, say);
      const { pid } = stack.send("consumer", "SIGSTOP");
      try {
        say(`SIGSTOP to the consumer (pid ${pid}); the second one (pid ${second.pid}) should take its partitions`);
        await wait(LONGER_THAN_A_SESSION_MS);
      } finally {
        stack.send("consumer", "SIGCONT");
      }
      say("SIGCONT: it wakes up in the middle of what it did, with partitions that are no longer its own");
      await wait(3_000);
    },
  },
  rebalance: {
    what: "let a second consumer join the group, and leave it again",
    harm: async ({ stack, say, wait }) => {
      await using second = await startSecondConsumer(stack, say);
      say(`a second consumer (pid ${second.pid}) has joined`);
      await wait(3_000);
      say("it leaves");
    },
  },
  "stop-mongo": {
    what: "stop MongoDB; bun start starts it again",
    harm: async ({ stack, say }) => {
      say(`SIGTERM to MongoDB (pid ${stack.send("mongo", "SIGTERM").pid})`);
      await stack.untilReplaced("mongo");
    },
  },
  "step-down": {
    what: "let MongoDB's primary step down in the middle of a batch",
    harm: async ({ stack, say, wait }) => {
      say(`MongoDB's primary steps down for ${STEP_DOWN_SECONDS} s`);
      await stack.mongo.db("admin").command({ replSetStepDown: STEP_DOWN_SECONDS, force: true });
      await wait(STEP_DOWN_SECONDS * 1_000);
    },
  },
  "restart-kafka": {
    what: "stop Kafka; bun start starts it again",
    harm: async ({ stack, say }) => {
      say(`SIGTERM to Kafka (pid ${stack.send("kafka", "SIGTERM").pid})`);
      await stack.untilReplaced("kafka");
    },
  },
  poison: {
    what: "let a tenth of all records be no transactions, duplicates, conflicts or far too large",
    harm: async ({ stack, say, wait }) => {
      const before = await stack.request(LOADED, "GET", "/faults");
      try {
        say(`${POISON_SECONDS} s of malformed, conflicting, doubled and oversized records`);
        await stack.request(LOADED, "PUT", "/faults", {
          malformed: 0.05,
          conflict: 0.02,
          duplicate: 0.03,
          oversize: 0.0001,
        });
        await wait(POISON_SECONDS * 1_000);
      } finally {
        await stack.request(LOADED, "PUT", "/faults", before);
      }
    },
    harmless: ({ deadLettered }) => (deadLettered === 0 ? "no record was poisonous" : undefined),
  },
};
