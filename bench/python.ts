import type { Progress } from "../stack/progress.ts";
import { pythonWith } from "../stack/python-packages.ts";

const PACKAGES = [
  "aiokafka==0.14.0",
  "fastapi==0.165.0",
  "uvicorn[standard]==0.54.0",
  "faker==40.63.0",
  "pymongo==4.20.1",
];

/** A Python with the peers' packages. @returns path of its `python` */
export function peersPython(onProgress: Progress): Promise<string> {
  return pythonWith("peers", PACKAGES, onProgress);
}
