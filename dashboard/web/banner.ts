import { element } from "./element.ts";
import type { Feed } from "./feed.ts";
import { timeOfDay } from "./formats.ts";
import { outages } from "./part-words.ts";

/** Says what is wrong, in sentences; the words change only when something changes, since they are read aloud. */
export function drawBanner(target: HTMLElement, { connection, slow, clock }: Feed): void {
  const isAway = connection.state === "reconnecting" || connection.state === "stale";
  const sentences = isAway
    ? [
        `The dashboard's server does not answer since ${timeOfDay(clock.now() - connection.silentMs)}. What you see is from then.`,
      ]
    : outages(slow.parts);
  const text = sentences.join("\n");
  if ((target.dataset["said"] ?? "") === text) return;
  target.dataset["said"] = text;
  target.hidden = sentences.length === 0;
  target.dataset["tone"] = isAway || slow.parts.some(({ state }) => state === "down") ? "bad" : "warn";
  target.replaceChildren(...sentences.map((sentence) => element("p", {}, sentence)));
}
