import type { FaultShares } from "#contract/reasons.ts";
import type { SourceId } from "#contract/sources.ts";

/** What goes wrong with an action, in words for the person who did it. */
export class ActionFailed extends Error {}

/** What is shown of whatever was thrown. */
export function failureInWords(error: unknown): string {
  return error instanceof ActionFailed ? error.message : `The page itself failed: ${error}`;
}

/** Where a transaction went. */
export interface Sent {
  readonly transaction: { readonly transaction_id: string };
  readonly delivery: { readonly topic: string; readonly partition: number; readonly offset: number };
}

/** A dead letter, as the consumer shows it. */
export interface Letter {
  readonly _id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  /** `null` when the bytes are no text, or there are none. */
  readonly value: string | null;
  readonly valueBase64: string | null;
  readonly valueSize: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly produced_at: string;
  readonly reason: string;
  readonly detail: string;
  readonly dead_lettered_at: string;
  readonly replayed_at: string | null;
}

/** A page of dead letters, the newest first. */
export interface Letters {
  readonly deadLetters: readonly Letter[];
  readonly next: string | null;
}

/** Everything that a person can do here. All of it goes to the page's own server. */
export class Actions {
  readonly #askForToken: () => Promise<string | undefined>;
  #token: string | undefined;

  /** @param askForToken - asks the person; `undefined` when they would rather not */
  constructor(askForToken: () => Promise<string | undefined>) {
    this.#askForToken = askForToken;
  }

  setRate(source: SourceId, perSecond: number): Promise<unknown> {
    return this.#change("PUT", `api/sources/${source}/rate`, { perSecond });
  }

  setFaults(source: SourceId, shares: FaultShares): Promise<unknown> {
    return this.#change("PUT", `api/sources/${source}/faults`, shares);
  }

  sendOne(source: SourceId): Promise<Sent> {
    return this.#change("POST", `api/sources/${source}/transactions`) as Promise<Sent>;
  }

  letters(after: string | undefined): Promise<Letters> {
    const query = new URLSearchParams({ limit: "50", ...(after !== undefined && { after }) });
    return this.#ask(`api/dead-letters?${query}`) as Promise<Letters>;
  }

  /** @param corrected - JSON that is sent instead of what is kept */
  replay({ topic, partition, offset, replayed_at }: Letter, corrected?: unknown): Promise<unknown> {
    const place = [topic, partition, offset].map(encodeURIComponent).join("/");
    const again = replayed_at === null ? "" : "?again=true";
    return this.#change("POST", `api/dead-letters/${place}/replay${again}`, corrected);
  }

  async #ask(path: string): Promise<unknown> {
    return bodyOf(await request(path, {}));
  }

  async #change(method: "PUT" | "POST", path: string, body?: unknown): Promise<unknown> {
    for (;;) {
      const headers: Record<string, string> = {};
      if (body !== undefined) headers["content-type"] = "application/json";
      if (this.#token !== undefined) headers["authorization"] = `Bearer ${this.#token}`;
      const answer = await request(path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (answer.status !== 401) return bodyOf(answer);
      this.#token = await this.#askForToken();
      if (this.#token === undefined) throw new ActionFailed("Nothing was changed: a token is needed.");
    }
  }
}

async function request(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch {
    throw new ActionFailed("The dashboard's server does not answer.");
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return body;
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : undefined;
  throw new ActionFailed(typeof detail === "string" ? `${detail}.` : `The server answered ${answer.status}.`);
}
