import type { AnyElysia } from "elysia";
import type { Config } from "#runtime/config.ts";
import type { Ground } from "#runtime/service.ts";
import { createSourceApp } from "#source/source-app.ts";
import { FAKER, type VARIABLES } from "./config.ts";
import { FakerSource } from "./source.ts";

/** The Faker source as an HTTP application; its work goes on in the background. */
export function createApp(config: Config<typeof VARIABLES>, ground: Ground): AnyElysia {
  return createSourceApp({
    about: FAKER,
    description: "Makes e-commerce transactions with Faker and sends them to Kafka, at the asked rate or on request.",
    topic: config.FAKER_TOPIC,
    config,
    ground,
    create: (outlet, seed) => new FakerSource(outlet, seed),
  });
}
