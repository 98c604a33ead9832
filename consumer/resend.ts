import type { Kafka, Producer } from "kafkajs";
import { createPartitioner } from "#runtime/partitioner.ts";
import { Problem } from "#runtime/problem.ts";
import type { Send } from "./dead-letters.ts";

/** Sends single records to Kafka; connects at the first one. */
export class Resend {
  readonly #producer: Producer;
  #connected: Promise<void> | undefined;

  constructor(kafka: Kafka) {
    this.#producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner, retry: { retries: 2 } });
  }

  /** @throws Problem 503 when Kafka has not acknowledged it */
  readonly send: Send = async ({ topic, key, value, headers }) => {
    try {
      this.#connected ??= this.#producer.connect();
      await this.#connected;
      const [delivery] = await this.#producer.send({
        topic,
        acks: -1,
        timeout: 5_000,
        messages: [{ key, value, headers: { ...headers } }],
      });
      return { topic, partition: delivery?.partition ?? 0, offset: Number(delivery?.baseOffset) };
    } catch (error) {
      this.#connected = undefined;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Problem(503, "kafka-unavailable", "Kafka has not acknowledged it", reason, {
        headers: { "retry-after": "1" },
        cause: error,
      });
    }
  };

  async stop(): Promise<void> {
    if (this.#connected) await this.#producer.disconnect();
  }
}
