import { join } from "node:path";
import type { Progress } from "../../stack/progress.ts";
import { peersPython } from "../python.ts";
import type { ContestantSink } from "./contestant-sink.ts";

const SCRIPT = join(import.meta.dir, "..", "peers", "consume_original.py");

/** How the Python original does it: one insert a record. */
export async function pythonOriginal(progress: Progress): Promise<ContestantSink> {
  const python = await peersPython(progress);
  return {
    name: "the Python original's way, one insert a record",
    most: 5_000,
    prepare: async ({ broker, group, mongoUri, database, topics }) => ({
      command: [python, SCRIPT, broker, group, mongoUri, database, ...topics],
    }),
  };
}
