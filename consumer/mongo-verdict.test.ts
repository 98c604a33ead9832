import { expect, test } from "bun:test";
import { MongoBulkWriteError, MongoNetworkError, MongoServerError, type WriteError } from "mongodb";
import { verdictOf } from "./mongo-verdict.ts";

const server = (code: number, labels: string[] = [], more: object = {}): MongoServerError =>
  new MongoServerError({ errmsg: "said the server", code, errorLabels: labels, ...more });
const bulk = (writeErrors: WriteError[]): MongoBulkWriteError =>
  new MongoBulkWriteError({ message: "connection closed", code: 0, writeErrors }, {} as never);

test("a bulk write without a single write error did not succeed: nobody knows what happened", () => {
  expect(verdictOf(bulk([]))).toBe("retry");
});

test("what is transient is tried again", () => {
  expect(verdictOf(new MongoNetworkError("connection closed"))).toBe("retry");
  expect(verdictOf(server(112, ["TransientTransactionError"]))).toBe("retry");
  expect(verdictOf(server(10_107, ["RetryableWriteError"]))).toBe("retry");
  // A full disk (14031) and a code that nobody knows yet say nothing against a document.
  expect(verdictOf(server(14_031))).toBe("retry");
  expect(verdictOf(server(999_999))).toBe("retry");
});

test("an id that is taken is a duplicate, a unique index of somebody else a refusal", () => {
  expect(verdictOf(server(11_000, [], { keyPattern: { _id: 1 } }))).toBe("duplicate");
  expect(verdictOf(server(11_000))).toBe("duplicate");
  expect(verdictOf(server(11_000, [], { keyPattern: { customer_id: 1 } }))).toBe("refused");
});

test("a document that the server will never take is refused", () => {
  for (const code of [2, 121, 10_334, 17_419]) expect(verdictOf(server(code))).toBe("refused");
});

test("a wrong set-up, and a mistake of our own, are fatal", () => {
  expect(verdictOf(server(13))).toBe("fatal");
  expect(verdictOf(new TypeError("undefined is not a function"))).toBe("fatal");
});
