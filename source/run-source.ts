import { type SourceId, sourceOf } from "#contract/sources.ts";
import type { Config } from "#runtime/config.ts";
import { type Ground, runService } from "#runtime/service.ts";
import { createSourceApp, type SourceAppOptions } from "./source-app.ts";
import { type SourceVariables, sourceVariables } from "./source-variables.ts";
import type { Outlet, TransactionSource } from "./transaction-source.ts";

/** A source as its `main.ts` describes it. */
export interface SourceService<V extends SourceVariables> extends Pick<SourceAppOptions, "description" | "problems"> {
  readonly id: SourceId;
  readonly version: string;
  /** @default those that every source has */
  readonly variables?: V;
  /** Makes what makes the transactions. It must not wait for anything: the service answers already. */
  readonly create: (outlet: Outlet, about: { seed: number; config: Config<V>; ground: Ground }) => TransactionSource;
}

/** Runs a source until it is stopped: what all sources have, around what this one makes. */
export function runSource<V extends SourceVariables = SourceVariables>(service: SourceService<V>): void {
  const { id, version, create, ...words } = service;
  const about = sourceOf(id);
  const variables = service.variables ?? (sourceVariables(about) as V);
  runService({
    ...{ name: about.service, version, variables },
    start: (config, ground) =>
      createSourceApp({
        ...words,
        about,
        // TypeScript can't see through a mapped generic type that these are among them.
        config: config as Config<SourceVariables>,
        ground,
        create: (outlet, seed) => create(outlet, { seed, config, ground }),
      }),
  });
}
