import { type FSWatcher, watch } from "node:fs";
import { join, resolve } from "node:path";
import { SOURCES } from "#contract/sources.ts";
import { SERVICES, type ServiceName } from "./services.ts";

const PROJECT = resolve(import.meta.dir, "..");

/** Which services are made from the files of a folder. */
const FOLDERS: Readonly<Record<string, readonly ServiceName[]>> = {
  contract: SERVICES,
  runtime: SERVICES,
  source: SOURCES.map(({ service }) => service),
  ...Object.fromEntries(SERVICES.map((service) => [service, [service]])),
};
const IS_PART_OF_A_SERVICE = /(?<!\.test)\.(ts|css|html)$/;
/** An editor writes a file in several steps, and "save all" several files. */
const SETTLED_MS = 50;

/** Tells, service by service, when files that it is made from are edited. */
export class SourceEdits implements Disposable {
  readonly #waiting = new Map<ServiceName, PromiseWithResolvers<void>>();
  readonly #edited = new Set<ServiceName>();
  readonly #watchers: readonly FSWatcher[];
  #settled: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#watchers = Object.entries(FOLDERS).map(([folder, services]) =>
      watch(join(PROJECT, folder), { recursive: true }, (_event, file) => {
        if (file === null || !IS_PART_OF_A_SERVICE.test(file)) return;
        for (const service of services) this.#edited.add(service);
        clearTimeout(this.#settled);
        this.#settled = setTimeout(() => this.#tell(), SETTLED_MS);
      }),
    );
  }

  /** Resolves at the service's next edit. */
  readonly next = (name: ServiceName): Promise<void> => {
    const waiting = this.#waiting.get(name) ?? Promise.withResolvers<void>();
    this.#waiting.set(name, waiting);
    return waiting.promise;
  };

  #tell(): void {
    for (const name of this.#edited) {
      this.#waiting.get(name)?.resolve();
      this.#waiting.delete(name);
    }
    this.#edited.clear();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#settled);
    for (const watcher of this.#watchers) watcher.close();
  }
}
