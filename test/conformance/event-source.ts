/** A server-sent event. */
export interface ServerSentEvent {
  readonly id: string;
  readonly data: string;
}

/** A live stream as a client sees it. */
export interface EventSourceClient extends AsyncDisposable {
  readonly response: Response;
  /** What came so far. */
  readonly events: readonly ServerSentEvent[];
}

/** Opens a live stream and collects its events until it is disposed. */
export async function openEventSource(url: string, headers: Record<string, string> = {}): Promise<EventSourceClient> {
  const leave = new AbortController();
  const response = await fetch(url, { headers, signal: leave.signal });
  const events: ServerSentEvent[] = [];
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const fields = new Map(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
        const data = fields.get("data");
        if (data !== undefined) events.push({ id: fields.get("id") ?? "", data });
      }
    }
  };
  const reading = read().catch(() => undefined);
  return {
    response,
    events,
    [Symbol.asyncDispose]: async () => {
      leave.abort();
      await reading;
    },
  };
}
