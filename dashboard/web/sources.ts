import type { SourceId } from "#contract/sources.ts";
import { namedSources } from "./named-sources.ts" with { type: "macro" };

/** What the page needs to know of a source. */
export interface NamedSource {
  readonly id: SourceId;
  /** For people. */
  readonly title: string;
}

/** All sources, in the fixed order in which every chart shows them: a page need not carry topics and ports. */
export const SOURCES: readonly NamedSource[] = namedSources();
