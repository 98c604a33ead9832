// Runs Mockoon's server with an environment file: mockoon-process.mjs FILE PORT [FAKER_SEED]
// Plain JavaScript, because Node runs it. Ends on SIGTERM and SIGINT (Mockoon's own command line knows only SIGINT).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const require = createRequire(import.meta.url);

if (process.versions.bun !== undefined) {
  // Mockoon makes its requests from a subclass that hands only the socket on. Node fills in the method and the URL
  // afterwards, Bun takes them from the constructor, so that each request ended as 404 "Cannot undefined resource".
  const http = require("node:http");
  const { createServer } = http;
  http.createServer = ({ IncomingMessage: _, ...options }, ...rest) => createServer(options, ...rest);
}

const { MockoonServer } = require("@mockoon/commons-server");

const [file, port, seed] = process.argv.slice(2);
const environment = JSON.parse(readFileSync(file, "utf8"));
const server = new MockoonServer(
  { ...environment, port: Number(port), hostname: "127.0.0.1" },
  {
    environmentDirectory: dirname(file),
    enableAdminApi: false,
    maxTransactionLogs: 1,
    maxRequestBodySize: "64kb",
    ...(seed !== undefined && { fakerOptions: { seed: Number(seed) } }),
  },
);

server.on("error", (code, error) => {
  process.stderr.write(`mockoon: ${code} ${error?.message ?? ""}\n`);
  if (/PORT|HOSTNAME|CERT|UNKNOWN_SERVER/.test(String(code))) process.exit(1);
});
server.on("started", () => process.stdout.write("mockoon: started\n"));
server.on("stopped", () => process.exit(0));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => server.stop());
server.start();
