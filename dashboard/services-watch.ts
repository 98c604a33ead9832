import { FAULT_KINDS, type FaultShares } from "#contract/reasons.ts";
import { SOURCES, type SourceId } from "#contract/sources.ts";
import type { PartWatch } from "./part-states.ts";
import type { SourceControl } from "./web/feed-format.ts";

const EVERY_MS = 1_000;
const DEADLINE_MS = 2_000;

/** Addresses of the services that are asked. */
export interface ServiceUrls extends Readonly<Record<SourceId, string>> {
  readonly consumer: string;
}

type Answers = Readonly<Record<string, unknown>>;

/** Asks the sources and the consumer once a second how they are. */
export class ServicesWatch {
  readonly #urls: ServiceUrls;
  readonly #partOf: (service: SourceId | "consumer") => PartWatch;
  readonly #controls = new Map<SourceId, SourceControl>(SOURCES.map(({ id }) => [id, unknownControl(id)]));
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(urls: ServiceUrls, partOf: (service: SourceId | "consumer") => PartWatch) {
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
    await Promise.all([this.#lookAt(id), this.#lookAtControl(id)]);
  }

  async #lookAtControl(id: SourceId): Promise<void> {
    try {
      const [stats, rate, faults] = await Promise.all(
        ["/stats", "/rate", "/faults"].map((path) => this.#ask(id, path)),
      );
      this.#controls.set(id, controlOf(id, stats ?? {}, rate ?? {}, faults ?? {}));
    } catch {
      this.#controls.set(id, unknownControl(id));
    }
  }

  async #lookAt(service: SourceId | "consumer"): Promise<void> {
    const part = this.#partOf(service);
    try {
      const answer = await fetch(new URL("/readyz", this.#urls[service]), { signal: AbortSignal.timeout(DEADLINE_MS) });
      const body = (await answer.json()) as { detail?: string };
      if (answer.ok) part.ok();
      else part.hinder(body.detail ?? `it answers ${answer.status}`);
    } catch (error) {
      const isSlow = error instanceof Error && error.name === "TimeoutError";
      part.fail(isSlow ? `it has not answered for ${DEADLINE_MS / 1000} s` : "it does not answer");
    }
  }

  async #ask(id: SourceId, path: string): Promise<Answers> {
    const answer = await fetch(new URL(path, this.#urls[id]), { signal: AbortSignal.timeout(DEADLINE_MS) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return (await answer.json()) as Answers;
  }
}

function controlOf(source: SourceId, stats: Answers, rate: Answers, faults: Answers): SourceControl {
  const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
  const shares = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, number(faults[kind]) ?? 0])) as FaultShares;
  return {
    source,
    perSecond: number(stats["perSecond"]),
    maxPerSecond: number(rate["maxPerSecond"]),
    faults: shares,
  };
}

function unknownControl(source: SourceId): SourceControl {
  return { source, perSecond: null, maxPerSecond: null, faults: null };
}
