import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Problem } from "./problem.ts";

/** The largest body that a service reads, 1 MiB. */
export const LARGEST_BODY_BYTES: number = 1024 * 1024;

/**
 * The JSON body of a request, or `undefined` when it has none.
 *
 * @throws Problem 413 too large, 415 another media type, 400 not JSON
 */
export async function readJson(request: Request): Promise<unknown> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > LARGEST_BODY_BYTES) throw tooLarge(declared);
  if (request.body === null || request.headers.get("content-length") === "0") return undefined;
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength === 0) return undefined;
  if (bytes.byteLength > LARGEST_BODY_BYTES) throw tooLarge(bytes.byteLength);
  const type = request.headers.get("content-type");
  // A body without a type is taken for what it should be; any other type is a mistake worth telling.
  if (type !== null && !/^application\/(json|[\w.+-]+\+json)\s*(;|$)/i.test(type)) {
    throw new Problem(
      415,
      "not-json-type",
      "Unsupported media type",
      `found ${JSON.stringify(type)}, accepted is application/json`,
      {
        headers: { accept: "application/json" },
      },
    );
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Problem(400, "not-json", "The body is not JSON", error instanceof Error ? error.message : String(error));
  }
}

/**
 * Holds a value against a schema.
 *
 * @throws Problem 422 that names the field, what was found and what is accepted
 */
export function accept<T>(schema: TSchema, value: unknown): T {
  const first = Value.Errors(schema, value).First();
  if (first === undefined) return value as T;
  const field = first.path.slice(1).replaceAll("/", ".") || "the body";
  const found = first.value === undefined ? "nothing" : (JSON.stringify(first.value) ?? String(first.value));
  const what = first.message.charAt(0).toLowerCase() + first.message.slice(1);
  throw new Problem(422, "not-accepted", "A value is not accepted", `${field}: found ${found.slice(0, 80)}, ${what}`);
}

function tooLarge(found: number): Problem {
  return new Problem(
    413,
    "too-large",
    "The body is too large",
    `found ${found} bytes, accepted are ${LARGEST_BODY_BYTES} at most`,
  );
}
