/** An answer other than success, as RFC 9457 says it. `code` is stable, `detail` is for people. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, unknown>>;

  /**
   * @param status - HTTP status, 400 to 599
   * @param code - stable, such as `not-a-transaction`
   * @param title - the same for every problem with this code
   * @param detail - what was found and what is accepted
   */
  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    more: { headers?: Record<string, string>; extra?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.code = code;
    this.title = title;
    this.headers = more.headers ?? {};
    this.extra = more.extra ?? {};
  }

  /** The answer: `application/problem+json` with `type`, `title`, `status`, `code`, `detail`. */
  toResponse(): Response {
    const body = {
      type: "about:blank",
      title: this.title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...this.extra,
    };
    return new Response(JSON.stringify(body), {
      status: this.status,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...this.headers },
    });
  }
}
