import type { Binary, Collection, Filter } from "mongodb";
import { type DeadLetter, deadLetterId } from "#contract/storage.ts";
import { Problem } from "#runtime/problem.ts";

/** A dead letter as JSON: bytes as base64, and as text where they are UTF-8. */
export interface ShownLetter {
  readonly _id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly valueBase64: string | null;
  readonly valueSize: number;
  readonly headers: Readonly<Record<string, string | readonly (string | null)[] | null>>;
  readonly produced_at: Date;
  readonly reason: string;
  readonly detail: string;
  readonly dead_lettered_at: Date;
  readonly replayed_at: Date | null;
}

/** Sends a record to its topic again, acknowledged by all in-sync replicas. */
export type Send = (record: {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | Buffer[]>>;
}) => Promise<{ readonly topic: string; readonly partition: number; readonly offset: number }>;

/** Where a letter is, as the path of a request says it. */
export interface LetterPlace {
  readonly topic: string;
  readonly partition: string;
  readonly offset: string;
}

const LARGEST_LISTED_BYTES = 64 * 1024;
const LISTED = {
  ...{ topic: 1, partition: 1, offset: 1, value_size: 1, headers: 1, produced_at: 1, reason: 1, detail: 1 },
  ...{ dead_lettered_at: 1, replayed_at: 1 },
  key: { $cond: [{ $gt: [{ $binarySize: { $ifNull: ["$key", ""] } }, LARGEST_LISTED_BYTES] }, null, "$key"] },
  value: { $cond: [{ $gt: ["$value_size", LARGEST_LISTED_BYTES] }, null, "$value"] },
};

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The shelf of records that are no transactions: listed, looked at, sent again. */
export class DeadLetters {
  readonly #letters: Collection<DeadLetter<Binary>>;
  readonly #send: Send;

  constructor(letters: Collection<DeadLetter<Binary>>, send: Send) {
    this.#letters = letters;
    this.#send = send;
  }

  /**
   * A page, the newest first. Of values over {@link LARGEST_LISTED_BYTES} it gives the size alone: 500 of them would
   * be gigabytes; {@link get} has them.
   *
   * @param after - the `next` of the page before
   */
  async list(limit: number, after: string | undefined): Promise<{ deadLetters: ShownLetter[]; next: string | null }> {
    let filter: Filter<DeadLetter<Binary>> = {};
    if (after !== undefined) {
      const last = await this.#letters.findOne({ _id: after });
      if (last === null)
        throw new Problem(422, "unknown-letter", "No such dead letter", `after: there is no dead letter ${after}`);
      const { dead_lettered_at: at, _id } = last;
      filter = { $or: [{ dead_lettered_at: { $lt: at } }, { dead_lettered_at: at, _id: { $lt: _id } }] };
    }
    const page = await this.#letters
      .find(filter, { projection: LISTED })
      .sort({ dead_lettered_at: -1, _id: -1 })
      .limit(limit + 1)
      .toArray();
    const shown = page.slice(0, limit).map(show);
    return { deadLetters: shown, next: page.length > limit ? (shown.at(-1)?._id ?? null) : null };
  }

  /** @throws Problem 404 */
  async get(place: LetterPlace): Promise<ShownLetter> {
    return show(await this.#find(place));
  }

  /**
   * Sends a letter to its topic again; it stays, with `replayed_at`.
   *
   * @param corrected - sent instead of what is kept
   * @param again - also when it was sent before
   * @throws Problem 404, 409 when it was sent before, 422 when only its head was kept, 503 from Kafka
   */
  async replay(
    place: LetterPlace,
    corrected: unknown,
    again: boolean,
  ): Promise<{ replayed: string; delivery: object }> {
    const letter = await this.#find(place);
    if (corrected === undefined && letter.value !== null && letter.value.length() < letter.value_size) {
      throw new Problem(
        422,
        "value-cut",
        "The value was not kept whole",
        `${letter.value.length()} of ${letter.value_size} bytes are kept; give a corrected value`,
      );
    }
    // Taken before it is sent, so that two requests at once can't both send it; given back when Kafka refuses.
    const before = letter.replayed_at;
    const taken = await this.#letters.updateOne(
      { _id: letter._id, replayed_at: again ? before : null },
      { $set: { replayed_at: new Date() } },
    );
    if (taken.matchedCount === 0) {
      throw new Problem(
        409,
        "replayed-before",
        "It was replayed before",
        `${letter._id} was replayed at ${before?.toISOString() ?? "this moment"}; ask with ?again=true to do it again`,
      );
    }
    try {
      const delivery = await this.#send({
        topic: letter.topic,
        key: letter.key === null ? null : Buffer.from(letter.key.buffer),
        value:
          corrected === undefined
            ? letter.value && Buffer.from(letter.value.buffer)
            : Buffer.from(JSON.stringify(corrected)),
        headers: headersOf(letter),
      });
      return { replayed: letter._id, delivery };
    } catch (error) {
      await this.#letters.updateOne({ _id: letter._id }, { $set: { replayed_at: before } });
      throw error;
    }
  }

  async #find({ topic, partition, offset }: LetterPlace): Promise<DeadLetter<Binary>> {
    const id = deadLetterId(topic, Number(partition), offset);
    const letter = await this.#letters.findOne({ _id: id });
    if (letter === null)
      throw new Problem(
        404,
        "unknown-letter",
        "No such dead letter",
        `there is no dead letter ${topic}/${partition}/${offset}`,
      );
    return letter;
  }
}

function show(letter: DeadLetter<Binary>): ShownLetter {
  const {
    _id,
    topic,
    partition,
    offset,
    key,
    value,
    value_size,
    headers,
    produced_at,
    reason,
    detail,
    dead_lettered_at,
    replayed_at,
  } = letter;
  const shownHeaders = Object.entries(headers).map(([name, one]) => [
    name,
    Array.isArray(one) ? one.map(textOf) : textOf(one),
  ]);
  return {
    ...{ _id, topic, partition, offset, key: textOf(key), value: textOf(value) },
    valueBase64: value === null ? null : Buffer.from(value.buffer).toString("base64"),
    valueSize: value_size,
    headers: Object.fromEntries(shownHeaders) as ShownLetter["headers"],
    ...{ produced_at, reason, detail, dead_lettered_at, replayed_at },
  };
}

function textOf(binary: Binary | null): string | null {
  if (binary === null) return null;
  try {
    return utf8.decode(binary.buffer);
  } catch {
    return null;
  }
}

function headersOf({ headers }: DeadLetter<Binary>): Record<string, Buffer | Buffer[]> {
  const entries = Object.entries(headers).flatMap(([name, one]) => {
    if (one === null) return [];
    return [
      [name, Array.isArray(one) ? one.map(({ buffer }) => Buffer.from(buffer)) : Buffer.from(one.buffer)] as const,
    ];
  });
  return Object.fromEntries(entries);
}
