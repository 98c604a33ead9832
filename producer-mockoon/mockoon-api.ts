import type { Transaction } from "#contract/transaction.ts";
import { checkTransaction } from "#contract/transaction-schema.ts";
import { normalise } from "./normalise.ts";

/** A request takes at most this long, its answer included. */
const DEADLINE_MS = 5_000;
/** An answer is at most this large, decompressed. */
const LARGEST_ANSWER_BYTES = 1024 * 1024;

/** Mockoon gave no transaction. */
export class MockoonError extends Error {
  override readonly name = "MockoonError";
  /** It gave no answer within the deadline. */
  readonly timedOut: boolean;

  constructor(message: string, options: { cause?: unknown; timedOut?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.timedOut = options.timedOut ?? false;
  }
}

/** The simulated third-party API: bounded in time and size whatever it does. */
export class MockoonApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /**
   * One request. An answer may hold one transaction or an array of them; if one of them is none, none is taken.
   *
   * @param signal - ends it early
   * @throws MockoonError
   */
  async fetch(signal: AbortSignal): Promise<Transaction[]> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    let answer: unknown;
    try {
      answer = await this.#request(AbortSignal.any([signal, deadline]));
    } catch (error) {
      if (error instanceof MockoonError) throw error;
      if (deadline.aborted) throw new MockoonError(`no whole answer within ${DEADLINE_MS} ms`, { timedOut: true });
      throw new MockoonError(`no answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    const list: unknown[] = Array.isArray(answer) ? answer : [answer];
    if (list.length === 0) throw new MockoonError("the answer is an empty list");
    return list.map((item) => {
      const checked = checkTransaction(item);
      if (!checked.ok) throw new MockoonError(`the answer is no transaction: ${checked.fault.detail}`);
      return normalise(checked.transaction);
    });
  }

  async #request(signal: AbortSignal): Promise<unknown> {
    // A redirect could lead anywhere, so it is a wrong answer like any other.
    const response = await fetch(this.#url, { signal, redirect: "manual", headers: { accept: "application/json" } });
    if (response.status !== 200) {
      await response.body?.cancel();
      const location = response.headers.get("location");
      throw new MockoonError(
        `found status ${response.status}${location === null ? "" : ` to ${location}`}, expected is 200`,
      );
    }
    const text = await readText(response);
    try {
      return JSON.parse(text);
    } catch (error) {
      const type = response.headers.get("content-type") ?? "no type";
      throw new MockoonError(`the answer is not JSON (${type}): ${error instanceof Error ? error.message : error}`);
    }
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > LARGEST_ANSWER_BYTES) {
      throw new MockoonError(`the answer is larger than ${LARGEST_ANSWER_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
