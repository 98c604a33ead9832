import { expect, test } from "bun:test";
import { findChromium } from "../harness/chromium.ts";
import { sentBy, setRate } from "../harness/http.ts";
import { startRawChromium } from "../harness/raw-chromium.ts";
import { until } from "../harness/until.ts";
import { startDashboardPipeline } from "./dashboard-pipeline.ts";
import { numberIn } from "./open-page.ts";

/** Remembers what the last tick said, so that the test knows when the page has heard of everything. */
const LISTEN = `
  const Original = EventSource;
  window.EventSource = class extends Original {
    constructor(...given) {
      super(...given);
      this.addEventListener("tick", ({ data }) => {
        window.told = JSON.parse(data).ledger.reduce((sum, { stored }) => sum + stored, 0);
      });
    }
  };
  window.drawings = 0;
  document.addEventListener("DOMContentLoaded", () =>
    new MutationObserver(() => window.drawings++).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true }));
`;
const STORED = `document.querySelector("#tile-throughput .note").textContent`;
/** Shown again: what the first frame says. */
const FIRST_FRAME = `new Promise((resolve) => {
  document.addEventListener("visibilitychange", () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(${STORED});
    port2.postMessage(null);
  }), { once: true });
})`;

test.skipIf(findChromium() === undefined)(
  "a page in the background draws nothing, and its first frame when it is shown again says how things are",
  async () => {
    await using pipeline = await startDashboardPipeline({ RATE: "100" });
    await using chromium = await startRawChromium();
    const tab = await chromium.open(pipeline.dashboard.url, LISTEN);
    const shown = async (): Promise<number> => numberIn(await tab.evaluate<string>(STORED));
    await until("it counts", async () => (await shown()) > 100);

    await tab.hide();
    await until("it is hidden", async () => (await tab.evaluate("document.visibilityState")) === "hidden");
    const [before, drawings] = [await shown(), await tab.evaluate<number>("drawings")];
    await until("more is told", async () => (await tab.evaluate<number>("told")) > before + 300);
    await setRate(pipeline.producer.url, 0);
    await setRate(pipeline.mockoon.url, 0);
    const stored = await until("all is told", async () => {
      const told = await tab.evaluate<number>("told");
      return told === (await sentBy(pipeline.producer.url, pipeline.mockoon.url)) && told;
    });
    expect(await shown()).toBe(before);
    expect(await tab.evaluate<number>("drawings")).toBe(drawings);

    const first = tab.evaluate<string>(FIRST_FRAME);
    await tab.show();
    expect(numberIn(await first)).toBe(stored);
  },
  90_000,
);
