import { PORTS, portsWithOffset } from "../../stack/ports.ts";
import { isListening } from "./is-listening.ts";

/** The largest with which every port stays below those that Linux hands out to connections. */
const LARGEST = 32_767 - Math.max(...Object.values(PORTS));
/** Away from the default ports, so that a pipeline on the same machine does not matter. */
const SMALLEST = 500;

/** A `--port-offset` with which nobody listens on any of the pipeline's ports. */
export async function freePortOffset(): Promise<number> {
  for (;;) {
    const offset = SMALLEST + Math.floor(Math.random() * (LARGEST - SMALLEST + 1));
    const taken = await Promise.all(Object.values(portsWithOffset(offset)).map(isListening));
    if (!taken.includes(true)) return offset;
  }
}
