import type { EachBatchPayload } from "kafkajs";
import { ledgerId } from "#contract/storage.ts";
import type { Assignment } from "./assignment.ts";
import type { CommittedHints } from "./committed-hints.ts";
import { elsewhere } from "./gap.ts";
import type { KafkaHealth } from "./kafka-health.ts";
import { HEARTBEAT_MS, type KafkaSession } from "./kafka-session.ts";
import type { PartitionWriter, WriteEnd } from "./partition-writer.ts";
import type { ReaderMetrics } from "./reader-metrics.ts";
import { toRecord } from "./to-record.ts";

/** Who is told what has become of a batch. */
export interface IntakeGround {
  readonly metrics: ReaderMetrics;
  readonly health: KafkaHealth;
  readonly hints: CommittedHints;
}

/**
 * Takes the batches that one session fetches and hands each to the writer of its partition, if it begins where the
 * ledger stands.
 *
 * While there is a backlog it takes one batch of a partition ahead: kafkajs fetches only once every batch of the fetch
 * before has been handled, so that MongoDB would have nothing to do meanwhile.
 */
export class Intake {
  readonly #session: KafkaSession;
  readonly #assignment: Assignment;
  readonly #ground: IntakeGround;

  constructor(session: KafkaSession, assignment: Assignment, ground: IntakeGround) {
    this.#session = session;
    this.#assignment = assignment;
    this.#ground = ground;
  }

  /** Comes back when kafkajs may fetch on. @throws what ends the session */
  async take(payload: EachBatchPayload): Promise<void> {
    const { metrics, health, hints } = this.#ground;
    const { batch, resolveOffset, isRunning, isStale } = payload;
    const { topic, partition } = batch;
    const assignment = this.#assignment;
    const heartbeat = async (): Promise<void> => {
      await payload.heartbeat();
      health.heard();
    };
    const writer = await assignment.writerOf(topic, partition, heartbeat);
    if (writer === undefined) return;
    const before = await writer.settled({ heartbeat });
    if (before !== undefined) await this.#ended(before, writer, heartbeat);
    if (before === "fenced") return;
    if (!assignment.isCurrent(writer)) return;
    const { claim } = writer;
    const highWatermark = Number(batch.highWatermark);
    const tellLag = (): void => metrics.lag(topic, partition, highWatermark - claim.nextOffset);
    tellLag();
    const fetched = Number((batch as unknown as { fetchedOffset: string }).fetchedOffset);
    if (fetched !== claim.nextOffset && !(await this.#isGap(writer, fetched))) {
      writer.soughtTo = claim.nextOffset;
      this.#session.consumer.seek({ topic, partition, offset: String(claim.nextOffset) });
      return;
    }
    const records = batch.messages.map((message) => toRecord(topic, partition, message));
    const endOffset = Number(batch.lastOffset()) + 1;
    const noted = (lastOffset: number): void => {
      tellLag();
      hints.note(topic, partition, lastOffset + 1);
    };
    if (highWatermark > endOffset) {
      writer.takeAhead(records, endOffset, {
        // Not bound to kafkajs' run: a batch behind this one that can't be read ends that, and this one is to be stored.
        mayGoOn: () => !isStale() && assignment.isCurrent(writer),
        // One that fails does so again with the next batch, where it can be acted upon.
        heartbeat: () => heartbeat().catch(() => undefined),
        resolve: noted,
      });
      resolveOffset(String(endOffset - 1));
      return;
    }
    const end = await writer.write(records, endOffset, {
      mayGoOn: () => isRunning() && !isStale() && assignment.isCurrent(writer),
      heartbeat,
      resolve: (lastOffset) => {
        resolveOffset(String(lastOffset));
        noted(lastOffset);
      },
    });
    await this.#ended(end, writer, heartbeat);
  }

  async #ended(
    end: WriteEnd,
    { claim: { topic, partition } }: PartitionWriter,
    heartbeat: () => Promise<void>,
  ): Promise<void> {
    if (end === "done") this.#ground.health.works(ledgerId(topic, partition));
    if (end !== "fenced") return;
    // Long enough for a heartbeat to be really sent: it throws when the group has given the partition to another.
    await Bun.sleep(HEARTBEAT_MS + 100);
    await heartbeat();
    void this.#assignment.claim(topic, partition);
  }

  /** Whether a batch that begins elsewhere than the ledger stands may be read on from. */
  async #isGap(writer: PartitionWriter, fetched: number): Promise<boolean> {
    const { topic, partition } = writer.claim;
    const found = await elsewhere(writer, fetched, () => this.#session.logOf(topic, partition));
    if (found === "other-log") void this.#assignment.claim(topic, partition);
    if (found === "expired") this.#assignment.sayExpired(writer.claim, fetched);
    return found === "gap" || found === "expired";
  }
}
