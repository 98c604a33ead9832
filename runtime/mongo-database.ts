/**
 * The database that a MongoDB URI names in its path; the driver itself would fall back to `test`.
 *
 * @param fallback - when the URI names none
 */
export function databaseOf(uri: string, fallback: string): string {
  return /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?/]+)/.exec(uri)?.[1] ?? fallback;
}
