import { runService } from "#runtime/service.ts";
import { version } from "../package.json" with { type: "json" };
import { createApp } from "./app.ts";
import { VARIABLES } from "./config.ts";

runService({ name: "producer-mockoon", version, variables: VARIABLES, start: createApp });
