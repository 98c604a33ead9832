import { SOURCES, type SourceId } from "#contract/sources.ts";

/** Names of the sources. A macro: it runs when the page is bundled, and only its result is part of the page. */
export function namedSources(): { id: SourceId; title: string }[] {
  return SOURCES.map(({ id, title }) => ({ id, title }));
}
