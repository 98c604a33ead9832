import { readFileSync } from "node:fs";
import type { RunningStack } from "../running-stack.ts";

/** Resident memory of one part over time. */
export interface MemorySeries {
  readonly name: string;
  readonly samples: { readonly seconds: number; readonly megabytes: number }[];
}

/** Looks at the resident memory of every part of a running pipeline; Linux only. */
export class MemoryWatch {
  readonly #stack: RunningStack;
  readonly #startedAt = performance.now();
  readonly #series = new Map<string, MemorySeries>();

  constructor(stack: RunningStack) {
    this.#stack = stack;
  }

  /** One more sample of each part that runs. */
  look(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    for (const { name, pid } of this.#stack.parts()) {
      const megabytes = residentMb(pid);
      if (megabytes === undefined) continue;
      const series = this.#series.get(name) ?? { name, samples: [] };
      series.samples.push({ seconds, megabytes });
      this.#series.set(name, series);
    }
  }

  all(): MemorySeries[] {
    return [...this.#series.values()];
  }
}

/** @returns undefined when the process is gone */
function residentMb(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
  } catch {
    return undefined;
  }
}

/** Slope of the straight line through the samples (least squares), in MB per hour. */
export function slopeMbPerHour({ samples }: MemorySeries): number {
  const count = samples.length;
  const mean = (of: (sample: (typeof samples)[number]) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / count;
  const [meanX, meanY] = [mean(({ seconds }) => seconds), mean(({ megabytes }) => megabytes)];
  let above = 0;
  let below = 0;
  for (const { seconds, megabytes } of samples) {
    above += (seconds - meanX) * (megabytes - meanY);
    below += (seconds - meanX) ** 2;
  }
  return below === 0 ? 0 : (above / below) * 3_600;
}
