import "./health.ts";

import { loggedReadiness } from "#runtime/logged-readiness.ts";
import { runSource } from "#source/run-source.ts";
import { version } from "../package.json" with { type: "json" };
import { VARIABLES } from "./config.ts";
import { MockoonApi } from "./mockoon-api.ts";
import { MockoonSource } from "./source.ts";
import { Upstream } from "./upstream.ts";

runSource({
  id: "mockoon",
  version,
  variables: VARIABLES,
  description: "Fetches e-commerce transactions from Mockoon, normalises them and sends them to Kafka.",
  problems: { 502: "Mockoon answered, but no transaction", 504: "Mockoon did not answer" },
  create: (outlet, { config, ground }) => {
    const part = loggedReadiness(ground.readiness.part("mockoon", "not asked yet"), "Mockoon", ground.log);
    return new MockoonSource(outlet, new Upstream(new MockoonApi(config.MOCKOON_URL), part));
  },
});
