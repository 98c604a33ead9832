/** RFC 3339 with a `T` or a space between date and time; the zone may be missing (then it is UTC). */
const FORM = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})?$/;

/** A day that exists: most times are of the same day as the one before. */
let knownDay = "";

/**
 * Milliseconds since 1970 of an RFC 3339 time, or `NaN` when it is none.
 * Digits after the milliseconds are cut off, since a BSON date holds no more. A day that does not exist
 * (30 February) is no time.
 *
 * @param text - such as `2026-01-31T12:00:00.5Z`, `2026-01-31 12:00:00` or `2026-01-31T12:00:00.123456+02:00`
 */
export function timestampToMs(text: string): number {
  // The form our own sources write: nothing to take apart.
  if (text.length === 24 && text.charCodeAt(23) === 90 && text.charCodeAt(10) === 84) {
    const ms = Date.parse(text);
    if (!Number.isNaN(ms)) {
      if (knownDay !== "" && text.startsWith(knownDay)) return ms;
      const day = dayOf(ms);
      if (text.startsWith(day)) {
        knownDay = day;
        return ms;
      }
    }
  }
  const parts = FORM.exec(text);
  if (!parts) return Number.NaN;
  const [, date = "", time = "", fraction = "", zone = "Z"] = parts;
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(day) || dayOf(day) !== date) return Number.NaN;
  return Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
