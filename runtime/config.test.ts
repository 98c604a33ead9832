import { expect, test } from "bun:test";
import { httpVariables, KAFKA_VARIABLES } from "./common-variables.ts";
import { ConfigError, readConfig } from "./config.ts";
import { MONGO_VARIABLES, mongoUriOf } from "./mongo-variables.ts";

const variables = { ...KAFKA_VARIABLES, ...MONGO_VARIABLES, ...httpVariables(8000) };
const complaint = (environment: Record<string, string>): string => {
  try {
    readConfig("x", variables, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "nothing";
};

test("with an empty environment every default is good", () => {
  const config = readConfig("x", variables, {});
  expect(config.KAFKA_BROKER).toEqual(["localhost:9092"]);
  expect(config.PORT).toBe(8000);
  expect(config.HOST).toBe("127.0.0.1");
  expect(config.API_TOKEN).toBeUndefined();
});

test("an empty variable is an absent one", () => {
  expect(readConfig("x", variables, { PORT: "" }).PORT).toBe(8000);
});

test("every wrong variable is in one message with what was found and what is accepted", () => {
  const message = complaint({ PORT: "http", KAFKA_BROKER: "somewhere", LOG_LEVEL: "loud", KAFKA_SSL: "maybe" });
  expect(message).toContain("4 environment variables are wrong");
  expect(message).toMatch(/PORT +found "http", accepted: a whole number, 0 to 65535/);
  expect(message).toMatch(/KAFKA_BROKER +found "somewhere", accepted: host:port/);
  expect(message).toMatch(/LOG_LEVEL +found "loud", accepted: debug, info/);
  expect(message).toMatch(/KAFKA_SSL +found "maybe", accepted: true or false/);
});

test.each(["1e3", "0x50", " 80", "80.5", "-1", "65536", "NaN", "Infinity"])("PORT=%s is not a port", (port) => {
  expect(complaint({ PORT: port })).toContain("PORT");
});

test("a secret is never shown", () => {
  const message = complaint({ MONGO_URI: "postgres://admin:hunter2@db/" });
  expect(message).toContain("MONGO_URI");
  expect(message).not.toContain("hunter2");
});

test("a secret's file is read, and one that can't be is named", async () => {
  const file = `${process.env["TMPDIR"] ?? "/tmp"}/token-${crypto.randomUUID()}`;
  await Bun.write(file, "s3cret\n");
  expect(readConfig("x", variables, { API_TOKEN_FILE: file }).API_TOKEN_FILE).toBe("s3cret");
  await Bun.file(file).delete();
  expect(complaint({ API_TOKEN_FILE: file })).toContain("ENOENT");
});

test("MongoDB's URI in a file goes before the one in the variable, and is held to the same rule unseen", async () => {
  const file = `${process.env["TMPDIR"] ?? "/tmp"}/uri-${crypto.randomUUID()}`;
  await Bun.write(file, "mongodb://me:hunter2@db/\n");
  expect(mongoUriOf(readConfig("x", variables, { MONGO_URI_FILE: file }))).toBe("mongodb://me:hunter2@db/");
  await Bun.write(file, "postgres://me:hunter2@db/\n");
  const message = complaint({ MONGO_URI_FILE: file });
  await Bun.file(file).delete();
  expect(message).toContain(`found "${file}", accepted: the path of a readable file`);
  expect(message).not.toContain("hunter2");
});
