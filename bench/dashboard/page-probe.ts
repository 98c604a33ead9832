/** When a page was there, ms after the navigation began; 0 while it was not. */
export interface Loaded {
  readonly firstPaintMs: number;
  /** When the first charts with the history were painted. */
  readonly historyMs: number;
}

/** What the probe has seen of a page. */
export interface Probe {
  readonly framesPerSecond: number;
  /** From the event to the end of the frame that shows it, charts of a new second included. */
  readonly paintMs: readonly number[];
  readonly longTasks: readonly { readonly startMs: number; readonly durationMs: number }[];
}

/** Runs in the page before its own scripts; so it stands alone. @param type - name of the events that the page hears */
export function installProbe(type: string): void {
  const paintMs: number[] = [];
  const longTasks: { startMs: number; durationMs: number }[] = [];
  let historyMs = 0;
  let isHistoryThere = false;
  let isWaiting = false;

  /** In a frame: after its layout and paint, since a task of its own comes behind them. */
  const afterTask = (then: () => void): void => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(null);
  };
  const afterFrame = (then: () => void): void => {
    requestAnimationFrame(() => afterTask(then));
  };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      longTasks.push({ startMs: startTime, durationMs: duration });
  }).observe({ type: "longtask", buffered: true });

  const Original = EventSource;
  window.EventSource = class extends Original {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, init);
      this.addEventListener(type, () => {
        if (isWaiting) return;
        isWaiting = true;
        const heardAt = performance.now();
        afterFrame(() => {
          isWaiting = false;
          paintMs.push(performance.now() - heardAt);
        });
      });
    }
  };

  const readJson = Response.prototype.json;
  Response.prototype.json = async function (this: Response): Promise<unknown> {
    const body: unknown = await readJson.call(this);
    if (this.url.includes("api/history")) isHistoryThere = true;
    return body;
  };
  const watch = new MutationObserver(() => {
    if (!isHistoryThere) return;
    watch.disconnect();
    // In the frame that draws it already: the next one would be one too late.
    afterTask(() => {
      historyMs = performance.now();
    });
  });
  document.addEventListener("DOMContentLoaded", () =>
    watch.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-label"] }),
  );

  const countFrames = (ms: number): Promise<number> =>
    new Promise((resolve) => {
      const begunAt = performance.now();
      let frames = 0;
      const next = (now: number): void => {
        frames++;
        if (now - begunAt < ms) requestAnimationFrame(next);
        else resolve((frames * 1000) / (now - begunAt));
      };
      requestAnimationFrame(next);
    });
  Object.assign(window, {
    /** What came before is loading. */
    forgetPaints: () => {
      paintMs.length = 0;
    },
    loaded: (): Loaded => ({
      firstPaintMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      historyMs,
    }),
    probe: async (framesMs: number): Promise<Probe> => ({
      framesPerSecond: await countFrames(framesMs),
      ...{ paintMs, longTasks },
    }),
  });
}
