import { afterAll } from "bun:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { startChromium } from "../harness/chromium.ts";

/** A page in a real browser, and everything that it complained of. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, exceptions, requests to another origin. */
  readonly complaints: string[];
}

/**
 * What Chromium does with requests under way when one of the machine's networks comes or goes, as they do while other
 * tests start containers. It says nothing of the page, which asks again.
 */
const NETWORK_CHANGED = "net::ERR_NETWORK_CHANGED";

let running: Promise<Browser> | undefined;

/** The one Chromium of a file of tests: its start costs more than most of what is looked at in it. */
async function sharedChromium(): Promise<Browser> {
  const there = await running?.catch(() => undefined);
  if (there?.isConnected() === true) return there;
  running = startChromium();
  return await running;
}

afterAll(async () => {
  const there = await running?.catch(() => undefined);
  running = undefined;
  await there?.close();
});

/**
 * Opens the dashboard in a context of its own: nothing is shared with another page but the browser's process.
 *
 * @param prepare - what has to be done with the page before it asks for anything
 */
export async function openPage(
  url: string,
  options: BrowserContextOptions = {},
  prepare?: (page: Page) => Promise<unknown>,
): Promise<OpenPage> {
  const browser = await sharedChromium();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US", ...options });
  const complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes(NETWORK_CHANGED)) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      const asked = new URL(request.url());
      if (asked.protocol !== "data:" && asked.origin !== new URL(url).origin) complaints.push(request.url());
    });
    await prepare?.(page);
    // Not until everything has loaded: a test may hold an answer back.
    const load = (): Promise<unknown> => page.goto(url, { waitUntil: "domcontentloaded" });
    await load().catch((error: unknown) => {
      if (!String(error).includes(NETWORK_CHANGED)) throw error;
      return load();
    });
    return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** A number as the page writes it in English: `1,234,567 stored` is 1234567. */
export function numberIn(text: string): number {
  return Number(/-?[\d,]+(\.\d+)?/.exec(text)?.[0].replaceAll(",", ""));
}

/** The text of an element. */
export async function textOf(target: Locator): Promise<string> {
  return (await target.textContent()) ?? "";
}

/** What a tile says: its number and its note. */
export async function tile(page: Page, id: string): Promise<{ value: string; note: string }> {
  const root = page.locator(`#tile-${id}`);
  return { value: await textOf(root.locator(".value")), note: await textOf(root.locator(".note")) };
}
