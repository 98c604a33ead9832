/** The counts that a frame has shown. */
export interface Drawn {
  /** End of the frame, ms since 1970. */
  readonly atMs: number;
  /** By `topic/partition`. */
  readonly nextOffsets: Readonly<Record<string, number>>;
  readonly stored: Readonly<Record<string, number>>;
}

/** Runs in the page before its own scripts; so it stands alone. */
export function installDrawnProbe(): void {
  const drawn: Drawn[] = [];
  Object.assign(window, { drawn });
  const Original = EventSource;
  window.EventSource = class extends Original {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, init);
      this.addEventListener("tick", (event: MessageEvent<string>) => {
        const { ledger } = JSON.parse(event.data) as {
          ledger: { topic: string; partition: number; nextOffset: number; stored: number }[];
        };
        const by = (field: "nextOffset" | "stored"): Record<string, number> =>
          Object.fromEntries(ledger.map((line) => [`${line.topic}/${line.partition}`, line[field]]));
        requestAnimationFrame(() => {
          // A task of its own comes after layout and paint.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () =>
            drawn.push({
              atMs: performance.timeOrigin + performance.now(),
              nextOffsets: by("nextOffset"),
              stored: by("stored"),
            });
          port2.postMessage(null);
        });
      });
    }
  };
}
