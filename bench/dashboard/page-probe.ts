/** What the probe has seen of a page. */
export interface Probe {
  readonly firstPaintMs: number;
  /** When the first charts with the history were painted, or 0. */
  readonly historyMs: number;
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

  const afterFrames = (count: number, then: () => void): void => {
    requestAnimationFrame(() => {
      if (count > 1) return afterFrames(count - 1, then);
      // A task of its own comes after layout and paint.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(null);
    });
  };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      longTasks.push({ startMs: startTime, durationMs: duration });
  }).observe({ type: "longtask", buffered: true });

  const Original = EventSource;
  window.EventSource = class extends Original {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, init);
      this.addEventListener(type, (event: MessageEvent<string>) => {
        if (isWaiting) return;
        isWaiting = true;
        const heardAt = performance.now();
        // The page draws the charts of a new second in the frame after its numbers.
        afterFrames(event.data.includes('"seconds":[{') ? 2 : 1, () => {
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
    afterFrames(1, () => {
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
    probe: async (framesMs: number): Promise<Probe> => ({
      framesPerSecond: await countFrames(framesMs),
      firstPaintMs: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
      ...{ historyMs, paintMs, longTasks },
    }),
  });
}
