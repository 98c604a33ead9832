import "./health.ts";

import { runSource } from "#source/run-source.ts";
import { version } from "../package.json" with { type: "json" };
import { FakerSource } from "./source.ts";

runSource({
  id: "faker",
  version,
  description: "Makes e-commerce transactions with Faker and sends them to Kafka, at the asked rate or on request.",
  create: (outlet, { seed }) => new FakerSource(outlet, seed),
});
