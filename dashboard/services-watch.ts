import { FAULT_KINDS, type FaultShares } from "#contract/reasons.ts";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { PartReadiness } from "#runtime/readiness.ts";
import type { SourceControl } from "./web/feed-format.ts";

const EVERY_MS = 1_000;
const DEADLINE_MS = 2_000;

/** Addresses of the services that are asked. */
export interface ServiceUrls extends Readonly<Record<SourceId, string>> {
  readonly consumer: string;
}

/** Asks the sources and the consumer once a second how they are. */
export class ServicesWatch {
  readonly #urls: ServiceUrls;
  readonly #partOf: (service: SourceId | "consumer") => PartReadiness;
  readonly #controls = new Map<SourceId, SourceControl>(SOURCES.map(({ id }) => [id, unknownControl(id)]));
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(urls: ServiceUrls, partOf: (service: SourceId | "consumer") => PartReadiness) {
    this.#urls = urls;
    this.#partOf = partOf;
  }

  get controls(): SourceControl[] {
    return [...this.#controls.values()];
  }

  start(): void {
    this.look();
    this.#timer = setInterval(() => this.look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks all of them now, such as after somebody changed a rate. */
  look(): void {
    for (const { id } of SOURCES) void this.#lookAtSource(id);
    void this.#lookAt("consumer");
  }

  async #lookAtSource(id: SourceId): Promise<void> {
    try {
      const [stats, faults] = await Promise.all([this.#ask(id, "/stats"), this.#ask(id, "/faults")]);
      this.#controls.set(id, controlOf(id, stats, faults));
    } catch {
      this.#controls.set(id, unknownControl(id));
    }
    await this.#lookAt(id);
  }

  async #lookAt(service: SourceId | "consumer"): Promise<void> {
    const part = this.#partOf(service);
    try {
      const answer = await fetch(new URL("/readyz", this.#urls[service]), { signal: AbortSignal.timeout(DEADLINE_MS) });
      const body = (await answer.json()) as { detail?: string };
      if (answer.ok) part.ok();
      else part.fail(body.detail ?? `it answers ${answer.status}`);
    } catch (error) {
      const slow = error instanceof Error && error.name === "TimeoutError";
      part.fail(slow ? `it has not answered for ${DEADLINE_MS / 1000} s` : "it does not answer");
    }
  }

  async #ask(id: SourceId, path: string): Promise<Record<string, unknown>> {
    const answer = await fetch(new URL(path, this.#urls[id]), { signal: AbortSignal.timeout(DEADLINE_MS) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as Record<string, unknown>;
  }
}

function controlOf(source: SourceId, stats: Record<string, unknown>, faults: Record<string, unknown>): SourceControl {
  const number = (name: string): number | null => (typeof stats[name] === "number" ? stats[name] : null);
  const shares = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, Number(faults[kind] ?? 0)])) as FaultShares;
  return {
    source,
    perSecond: number("perSecond"),
    acknowledged: number("acknowledged"),
    failed: number("failed"),
    pending: number("pending"),
    seed: number("seed"),
    faults: shares,
    behind: stats["behind"] === true,
  };
}

function unknownControl(source: SourceId): SourceControl {
  const nothing = { perSecond: null, acknowledged: null, failed: null, pending: null, seed: null, faults: null };
  return { source, ...nothing, behind: false };
}
