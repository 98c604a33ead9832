/** One part that a service needs for its work. */
interface Part {
  name: string;
  reason: string | undefined;
  since: Date;
}

/** Says of one part whether it works. */
export interface PartReadiness {
  ok(): void;
  /** @param reason - in words, for people */
  fail(reason: string): void;
}

/** A part that does not work, as `/readyz` shows it. */
export interface Unready {
  readonly part: string;
  readonly reason: string;
  /** RFC 3339 */
  readonly since: string;
}

/** Whether a service can do its work, and if not, why and since when. Behind `/readyz` and the metric `ready`. */
export class Readiness {
  readonly #parts: Part[] = [];

  /** Adds a part; it is not ready before its first `ok()`. */
  part(name: string, reason = "not connected yet"): PartReadiness {
    const part: Part = { name, reason, since: new Date() };
    this.#parts.push(part);
    const turn = (to: string | undefined): void => {
      if ((part.reason === undefined) !== (to === undefined)) part.since = new Date();
      part.reason = to;
    };
    return { ok: () => turn(undefined), fail: turn };
  }

  /** The parts that do not work; empty when the service is ready. */
  reasons(): Unready[] {
    return this.#parts.flatMap(({ name, reason, since }) =>
      reason === undefined ? [] : [{ part: name, reason, since: since.toISOString() }],
    );
  }
}
