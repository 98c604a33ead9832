import { expect, test } from "bun:test";
import { cleanEnvironment, commandOf, startChild } from "./harness/service-process.ts";

test.each(["producer", "producer-mockoon", "consumer", "dashboard"])(
  "%s with wrong variables stops at once with exit code 78 and names all of them",
  async (name) => {
    const wrong = { PORT: "many", KAFKA_BROKER: "nowhere", LOG_LEVEL: "loud" };
    const child = startChild(commandOf(name), { ...cleanEnvironment(), ...wrong });
    expect(await child.process.exited).toBe(78);
    expect(child.output()).toContain("3 environment variables are wrong");
    for (const [variable, found] of Object.entries(wrong)) {
      expect(child.output()).toMatch(new RegExp(`${variable} +found "${found}", accepted: `));
    }
  },
  20_000,
);
