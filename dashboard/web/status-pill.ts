import { setAttribute, setText } from "./element.ts";
import type { Feed } from "./feed.ts";
import { capital, count, duration } from "./formats.ts";
import { downInWords } from "./part-words.ts";

/** How true the page is, in words. */
export interface Status {
  readonly tone: "good" | "warn" | "bad" | "idle";
  readonly word: string;
  readonly more: string;
}

/** Says whether what is shown is what is, and if not, why and for how long. */
export function statusOf(feed: Feed, isPaused: boolean): Status {
  const { connection, slow, clock } = feed;
  const silent = `stale for ${duration(Math.floor(connection.silentMs / 1000) * 1000)}`;
  if (connection.state === "connecting") return { tone: "idle", word: "Connecting", more: "to the dashboard's server" };
  if (connection.state === "reconnecting") return { tone: "bad", word: "Reconnecting", more: silent };
  if (connection.state === "stale") return { tone: "bad", word: capital(silent), more: "" };
  const down = downInWords(slow.parts);
  if (isPaused) return { tone: "warn", word: "Paused", more: "still collecting" };
  if (down !== "") return { tone: "bad", word: "Live", more: `but ${down}` };
  return {
    tone: "good",
    word: "Live",
    more: `${count(feed.ticksPerSecond)} updates/s · ${duration(Math.round(clock.delayMs))} behind`,
  };
}

/**
 * Draws a status into the page's head.
 *
 * @param isNewSecond - the small print changes once a second only, unless its meaning has changed
 */
export function drawStatus(pill: HTMLElement, { tone, word, more }: Status, isNewSecond: boolean): void {
  const [wordPlace, morePlace] = pill.children;
  if (wordPlace === undefined || morePlace === undefined) return;
  setAttribute(pill, "data-tone", tone);
  if (!isNewSecond && wordPlace.textContent === word) return;
  setText(wordPlace, word);
  setText(morePlace, more);
}
