/** What `/stats` of a source says, as far as tests need it. */
export interface SourceStats {
  readonly acknowledged: number;
  readonly failed: number;
  readonly pending: number;
  readonly streams: number;
  readonly seed: number;
}

/** Asks for JSON. */
export async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** The status of an answer, or 0 when nobody answers. */
export async function statusOf(url: string, init?: RequestInit): Promise<number> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000), ...init });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

/** Sets a source's rate. */
export async function setRate(url: string, perSecond: number): Promise<void> {
  const answer = await fetch(`${url}/rate`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ perSecond }),
  });
  if (!answer.ok) throw new Error(`PUT /rate answered ${answer.status}: ${await answer.text()}`);
}

/** What sources have sent in total, or `undefined` while something is under way. */
export async function sentBy(...urls: readonly string[]): Promise<number | undefined> {
  const all = await Promise.all(urls.map((url) => getJson<SourceStats>(`${url}/stats`)));
  return all.every(({ pending }) => pending === 0)
    ? all.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
    : undefined;
}
