import { FAULT_KINDS, type FaultKind, type FaultShares } from "#contract/reasons.ts";
import { STATUSES } from "#contract/transaction.ts";
import type { FaultPeriod } from "./expected.ts";
import { FaultDraw } from "./fault-draw.ts";
import { MALFORMED } from "./malformed.ts";
import { type MadeTransaction, recordOf, type TransactionRecord } from "./transaction-record.ts";

/** MongoDB takes documents up to 16 MiB; this much padding never fits. It compresses well, so Kafka takes it. */
const PADDING_BYTES: number = 16 * 1024 * 1024;
/** Late means 1 to 15 minutes. */
const LATEST_MINUTES = 15;

/** Whether all shares are 0, which saves the draw. */
export function isFaultless(shares: FaultShares): boolean {
  return FAULT_KINDS.every((kind) => shares[kind] === 0);
}

/** Makes the records of transactions, with the faults that the seed says. */
export class FaultyRecords {
  readonly #draw: FaultDraw;
  #shares: FaultShares;
  #faultless: boolean;
  #nextIndex = 0;
  #periods: readonly FaultPeriod[];

  constructor(seed: number, shares: FaultShares) {
    this.#draw = new FaultDraw(seed);
    this.#shares = shares;
    this.#faultless = isFaultless(shares);
    this.#periods = [{ from: 0, shares }];
  }

  /** Which shares were in force from which transaction on, for whoever predicts what must arrive. */
  get periods(): readonly FaultPeriod[] {
    return this.#periods;
  }

  /** The shares in force. */
  get shares(): FaultShares {
    return this.#shares;
  }

  set shares(shares: FaultShares) {
    this.#shares = shares;
    this.#faultless = isFaultless(shares);
    // Shares that no transaction was made with are no period.
    const made = this.#periods.filter(({ from }) => from < this.#nextIndex);
    this.#periods = [...made, { from: this.#nextIndex, shares }];
  }

  /** Adds the records of one transaction, in the order in which they must be sent. */
  addTo(records: TransactionRecord[], made: MadeTransaction): void {
    this.#nextIndex = made.index + 1;
    const fault = this.#faultless ? undefined : this.#draw.at(made.index, this.#shares);
    if (fault === undefined || fault === "duplicate" || fault === "conflict") records.push(recordOf(made));
    if (fault !== undefined) records.push(this.#faulty(made, fault));
  }

  #faulty({ id, json }: MadeTransaction, fault: FaultKind): TransactionRecord {
    const record = (value: Buffer | null, shown = false): TransactionRecord => ({ key: id, value, fault, shown });
    const { random } = this.#draw;
    switch (fault) {
      case "duplicate":
        return record(Buffer.from(json));
      case "late":
        return record(Buffer.from(late(json, 1 + random.below(LATEST_MINUTES))), true);
      case "malformed":
        return record(MALFORMED[random.below(MALFORMED.length)]?.make(json, random) ?? null);
      case "conflict":
        return record(Buffer.from(otherwise(json)));
      case "oversize":
        return new OversizeRecord(id, json);
    }
  }
}

/** Its value is made when it is asked for and not kept, so that a batch of them needs the memory of one. */
class OversizeRecord implements TransactionRecord {
  readonly key: string;
  readonly fault = "oversize";
  readonly shown = false;
  readonly #json: string;

  constructor(key: string, json: string) {
    this.key = key;
    this.#json = json;
  }

  get value(): Buffer {
    const padding = Buffer.alloc(PADDING_BYTES, "x");
    return Buffer.concat([Buffer.from(`${this.#json.slice(0, -1)},"padding":"`), padding, Buffer.from('"}')]);
  }
}

function late(json: string, minutes: number): string {
  const transaction = JSON.parse(json);
  const timestamp = new Date(Date.parse(transaction.timestamp) - minutes * 60_000).toISOString();
  return JSON.stringify({ ...transaction, timestamp });
}

/** The same id with another status. */
function otherwise(json: string): string {
  const transaction = JSON.parse(json);
  const status = STATUSES[(STATUSES.indexOf(transaction.status) + 1) % STATUSES.length];
  return JSON.stringify({ ...transaction, status });
}
