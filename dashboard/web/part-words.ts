import type { SourceId } from "#contract/sources.ts";
import type { Part, PartState } from "./feed-format.ts";
import { capital, duration, timeOfDay } from "./formats.ts";
import { type NamedSource, SOURCES } from "./sources.ts";

const NAMES: Readonly<Record<Part, string>> = {
  ...ofSources(({ title }) => `the ${title} source`),
  kafka: "Kafka",
  consumer: "the consumer",
  mongodb: "MongoDB",
};

/** What it means for the rest, so that nobody has to guess. */
const MEANINGS: Readonly<Record<Part, string>> = {
  ...ofSources(() => "The rest goes on without it."),
  kafka: "Nothing can be sent or read until it is back; what was acknowledged is on its disk.",
  consumer: "Kafka keeps what is sent; it is read when the consumer is back.",
  mongodb: "Kafka keeps what is sent; it is stored when MongoDB is back.",
};

/** The state of a part in a few words. */
export function stateInWords({ state, sinceMs }: PartState, nowMs: number): string {
  const since = duration(Math.max(0, Math.floor((nowMs - sinceMs) / 1000) * 1000 || 1000));
  return { up: "up", unknown: "not asked yet", hindered: `held up ${since}`, down: `down ${since}` }[state];
}

/** A sentence for each part that does not work, leaving out those that only wait for another one of them. */
export function outages(parts: readonly PartState[]): string[] {
  const isOut = new Set(parts.filter(({ state }) => state === "down").map(({ part }) => part));
  const waitsFor = (reason: string): boolean =>
    (isOut.has("kafka") && /^kafka\b/i.test(reason)) || (isOut.has("mongodb") && /^mongo/i.test(reason));
  return parts.flatMap(({ part, state, reason, sinceMs }) => {
    const name = capital(NAMES[part]);
    if (state === "down") return [`${name} is down since ${timeOfDay(sinceMs)}: ${reason}. ${MEANINGS[part]}`];
    if (state === "hindered" && !waitsFor(reason))
      return [`${name} is held up since ${timeOfDay(sinceMs)}: ${reasonInWords(reason)}.`];
    return [];
  });
}

/** Names of the parts that are down, as a list in a sentence. */
export function downInWords(parts: readonly PartState[]): string {
  const names = parts.filter(({ state }) => state === "down").map(({ part }) => NAMES[part]);
  if (names.length === 0) return "";
  if (names.length > 2) return `${names.length} parts are down`;
  return `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} down`;
}

/** A service names the part of it that is not ready; that of a source's pace says nothing to a person. */
export function reasonInWords(reason: string): string {
  return reason.replace(/^pace: /, "");
}

function ofSources(words: (source: NamedSource) => string): Record<SourceId, string> {
  return Object.fromEntries(SOURCES.map((source) => [source.id, words(source)])) as Record<SourceId, string>;
}
