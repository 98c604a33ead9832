/** A line that ends what Bun's test runner says about one test, begins a file, or begins the list of names at the end. */
const BOUNDARY = /^\((?:pass|fail|skip|todo)\) |^\S+\.test\.ts:$|^\d+ tests? failed:$/;
const FAILED = /^\(fail\) /;
/** Of one failure, the last lines: enough for the error, its cause and the end of a service's log. */
const LINES_KEPT = 120;

/**
 * What `bun test` said about the tests that failed, to be said again at the end: in a long run, and in what is kept of
 * one, the end is what is read.
 */
export class Failures {
  readonly #told: string[] = [];
  #lines: string[] = [];
  #rest = "";

  /** Writes everything on as it comes, and keeps what belongs to failures. */
  async passOn(from: ReadableStream<Uint8Array>, to: NodeJS.WritableStream): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of from) {
      to.write(chunk);
      this.take(decoder.decode(chunk, { stream: true }));
    }
  }

  /** The next piece of the runner's output, cut anywhere. */
  take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    const plain = Bun.stripANSI(line);
    this.#lines.push(line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
    if (!BOUNDARY.test(plain)) return;
    // The runner itself ends with a list of the names: those came with nothing before them.
    if (FAILED.test(plain) && this.#lines.length > 1) this.#told.push(this.#lines.join("\n"));
    this.#lines = [];
  }

  /** All failures in the order in which they came; empty when there were none. */
  text(): string {
    return this.#told.map((failure) => `\n${failure}\n`).join("");
  }
}
