import { readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, makeOnce } from "../../stack/cache-folder.ts";
import { lastLines, runProgram } from "../../stack/run-program.ts";

/**
 * Builds a program from its Go module, once.
 *
 * @param from - module, package and version, such as `github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0`
 * @returns the program
 * @throws with what Go said
 */
export async function goProgram(from: string): Promise<string> {
  const name = from.replaceAll(/[^A-Za-z0-9.]+/g, "-");
  const folder = await makeOnce(join(cacheFolder(), name), async (temporary) => {
    const result = await runProgram(["go", "install", from], { env: { GOBIN: temporary, GOFLAGS: "-trimpath" } });
    if (result?.exitCode !== 0)
      throw new Error(`go install ${from} failed\n${lastLines(result?.output ?? "no go", 20)}`);
  });
  const [program = ""] = readdirSync(folder);
  return join(folder, program);
}

/** Why no Go program can be built here, or `undefined`. */
export function whyNoGo(): string | undefined {
  return Bun.which("go") === null ? "no go is on the PATH" : undefined;
}
