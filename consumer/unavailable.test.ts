import { expect, test } from "bun:test";
import { MongoClient, MongoNetworkError, MongoServerError } from "mongodb";
import { SinkUnavailable } from "./sink.ts";
import { unavailable } from "./unavailable.ts";

const client = new MongoClient("mongodb://one.example:27017,two.example:27018/?replicaSet=rs0");

test.each([
  [
    "of a connection that breaks, which servers it was to",
    new MongoNetworkError("read ECONNRESET"),
    "read ECONNRESET (MongoDB at one.example:27017, two.example:27018)",
  ],
  [
    "of a server that does not answer, only what the driver says, when it says where",
    new MongoNetworkError("connect ECONNREFUSED one.example:27017"),
    "connect ECONNREFUSED one.example:27017",
  ],
  [
    "of what the server refuses, the name that it gives the error",
    new MongoServerError({ message: "not now", code: 10_107, codeName: "NotWritablePrimary" }),
    "not now (NotWritablePrimary)",
  ],
])("/readyz says %s", (_promise, error, reason) => {
  const thrown = unavailable(error, client);
  expect(thrown).toBeInstanceOf(SinkUnavailable);
  expect(thrown).toHaveProperty("message", reason);
});

test("a mistake of ours is not taken for MongoDB's", () => {
  const mistake = new TypeError("undefined is not a function");
  expect(unavailable(mistake, client)).toBe(mistake);
});

test("what is known to be unavailable stays as it is", () => {
  const known = new SinkUnavailable("the ledger has moved");
  expect(unavailable(known, client)).toBe(known);
});
