import { afterAll, setDefaultTimeout } from "bun:test";
import { endSharedServers } from "./servers.ts";

// Before each file of tests. Bun's own 5 s are too short for a test that starts services; one that needs longer says so.
setDefaultTimeout(30_000);

// With `bun test FILE` the servers are this process's own.
afterAll(endSharedServers);
