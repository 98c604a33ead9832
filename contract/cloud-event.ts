import type { SourceId } from "./sources.ts";

/** What kind of event a record is: `ce_type`. The number changes when a reader of old records would misread new ones. */
export const EVENT_TYPE = "transactions-pipeline.transaction.v1";

/** Where an event happened: `ce_source`, a URI. Together with `ce_id`, the transaction's id, it names one event. */
export function eventSourceOf(source: SourceId): string {
  return `urn:transactions-pipeline:${source}`;
}
