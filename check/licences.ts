import { Glob } from "bun";

/** Licences that ask for no more than to be named, or to share changes to their own files. */
const PERMISSIVE = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "CC-BY-3.0",
  "CC-BY-4.0",
  "ISC",
  "MIT",
  "MIT-0",
  "MPL-2.0",
  "Python-2.0",
  "Unlicense",
  "WTFPL",
]);

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string | { readonly type?: string };
  readonly licenses?: readonly { readonly type?: string }[];
}

/** A package whose licence is none of those above. */
export interface Unlicensed {
  readonly name: string;
  readonly licence: string;
}

/** Reads every package in a `node_modules`. @returns how many there are, and those that may not be used */
export async function checkLicences(project: string): Promise<{ count: number; wrong: Unlicensed[] }> {
  const found = new Map<string, string>();
  for await (const path of new Glob("node_modules/**/package.json").scan({ cwd: project, dot: true })) {
    // A package's own, not one of its tests or builds.
    if (!/node_modules\/(@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path)) continue;
    const manifest = (await Bun.file(`${project}/${path}`).json()) as Manifest;
    if (manifest.name === undefined || manifest.version === undefined) continue;
    found.set(`${manifest.name}@${manifest.version}`, licenceOf(manifest));
  }
  const wrong = [...found]
    .filter(([, licence]) => !isPermissive(licence))
    .map(([name, licence]) => ({ name, licence }));
  return { count: found.size, wrong };
}

/** An SPDX expression that leaves us a permissive choice. */
export function isPermissive(expression: string): boolean {
  const choices = expression.replace(/[()]/g, "").split(/ OR /i);
  return choices.some((choice) => choice.split(/ AND /i).every((licence) => PERMISSIVE.has(licence.trim())));
}

function licenceOf({ license, licenses }: Manifest): string {
  if (typeof license === "string") return license;
  return license?.type ?? licenses?.map(({ type }) => type ?? "").join(" OR ") ?? "none";
}
