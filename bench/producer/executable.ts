import { join } from "node:path";
import { PROJECT } from "../../test/harness/service-process.ts";
import { runProcess } from "../run-process.ts";

/** Builds the producer as it is shipped. @returns the command that starts it */
export async function buildProducer(onProgress: (line: string) => void): Promise<readonly string[]> {
  onProgress("building the executable");
  await runProcess([process.execPath, join(PROJECT, "stack", "build.ts"), "producer"]);
  return [join(PROJECT, "dist", "producer")];
}
