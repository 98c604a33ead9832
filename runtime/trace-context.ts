/** Version 00 of W3C Trace Context: version, trace id, parent id, flags; no id of zeros only. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A `traceparent` header's value, or nothing when it is none: a caller's mistake must not travel on with the record. */
export function traceparentOf(text: string | null | undefined): string | undefined {
  return text !== null && text !== undefined && TRACEPARENT.test(text) ? text : undefined;
}
