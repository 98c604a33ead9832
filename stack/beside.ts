/**
 * `bun stack/beside.ts FILE …`: runs a command with the addresses of the pipeline that `bun start` runs here, whatever
 * ports that one has. What the caller's environment names wins.
 */
import { join, resolve } from "node:path";
import { pipelineEnvironment } from "./pipeline-environment.ts";
import type { Ports } from "./ports.ts";
import { isGoingOn, readRun } from "./run-file.ts";

const PROJECT = resolve(import.meta.dir, "..");

const [bun = process.execPath, , file = "", ...args] = process.argv;
const run = readRun(join(PROJECT, ".data/run.json"));
if (run !== undefined && isGoingOn(run))
  Object.assign(process.env, pipelineEnvironment(run.ports as Ports, process.env));
const command = resolve(PROJECT, file);
process.argv = [bun, command, ...args];
await import(command);
