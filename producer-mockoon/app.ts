import type { AnyElysia } from "elysia";
import type { Config } from "#runtime/config.ts";
import { loggedReadiness } from "#runtime/logged-readiness.ts";
import type { Ground } from "#runtime/service.ts";
import { createSourceApp } from "#source/source-app.ts";
import { MOCKOON, type VARIABLES } from "./config.ts";
import { MockoonApi } from "./mockoon-api.ts";
import { MockoonSource } from "./source.ts";
import { Upstream } from "./upstream.ts";

/** The Mockoon source as an HTTP application; its work goes on in the background. */
export function createApp(config: Config<typeof VARIABLES>, ground: Ground): AnyElysia {
  const part = loggedReadiness(ground.readiness.part("mockoon", "not asked yet"), "Mockoon", ground.log);
  const upstream = new Upstream(new MockoonApi(config.MOCKOON_URL), part);
  return createSourceApp({
    about: MOCKOON,
    description: "Fetches e-commerce transactions from Mockoon, normalises them and sends them to Kafka.",
    topic: config.MOCKOON_TOPIC,
    config,
    ground,
    create: (outlet) => new MockoonSource(outlet, upstream),
  });
}
