import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Progress } from "../../stack/progress.ts";
import { pythonWith } from "../../stack/python-packages.ts";

const PACKAGES = ["schemathesis==4.32.5"];
const CONFIG = join(import.meta.dir, "schemathesis.toml");

/** How thoroughly to look. */
export interface Thoroughness {
  /** Cases that are drawn for each route. */
  readonly examples: number;
  /** Also every boundary of every schema, one after the other. */
  readonly boundaries: boolean;
  /** The same number draws the same cases. @default another one each time; it is printed */
  readonly seed?: number;
}

/** Fetches Schemathesis. @returns the `python` that has it */
export function schemathesis(onProgress: Progress): Promise<string> {
  return pythonWith("fuzz", PACKAGES, onProgress);
}

/**
 * Draws requests from a service's own OpenAPI document, good ones and bad ones, and holds each answer against it.
 *
 * @param python - see {@link schemathesis}
 * @param url - of the service
 * @returns whether every answer was as documented, and the report
 */
export async function fuzz(python: string, url: string, how: Thoroughness): Promise<{ ok: boolean; report: string }> {
  // It writes its own notes beside where it runs.
  const cwd = mkdtempSync(join(tmpdir(), "pipeline-fuzz-"));
  const cli = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis())";
  const phases = how.boundaries ? "examples,coverage,fuzzing" : "examples,fuzzing";
  const options = ["--phases", phases, "--max-examples", String(how.examples), "--continue-on-failure", "--no-color"];
  try {
    const child = Bun.spawn(
      [
        ...[python, "-c", cli, "--config-file", CONFIG, "run", `${url}/docs/json`, ...options],
        // A live stream never ends; who asks for JSON is not given one.
        ...["--header", "Accept: application/json", "--request-timeout", "10"],
        ...(how.seed === undefined ? [] : ["--seed", String(how.seed)]),
      ],
      { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    );
    const [report, complaint] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { ok: (await child.exited) === 0, report: report + complaint };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}
