import type { Admin, Kafka } from "kafkajs";
import type { PartReadiness } from "./readiness.ts";

/** How often the topic is looked at. */
const EVERY_MS = 3_000;

/**
 * Looks again and again whether Kafka answers and has the topic, so that `/readyz` is right also while nothing is
 * sent. Its first look is at once.
 */
export class PublisherWatch {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #part: PartReadiness;
  #admin: Admin | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(kafka: Kafka, topic: string, part: PartReadiness) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#part = part;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#admin?.disconnect();
  }

  async #look(): Promise<void> {
    try {
      this.#admin ??= this.#kafka.admin({ retry: { retries: 0 } });
      await this.#admin.connect();
      // All topics are asked for: asking for one by its name would create it where brokers do that.
      const topics = await this.#admin.listTopics();
      if (topics.includes(this.#topic)) this.#part.ok();
      else this.#part.fail(`the topic ${this.#topic} does not exist`);
    } catch (error) {
      this.#part.fail(`no answer from Kafka: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), EVERY_MS);
  }
}
