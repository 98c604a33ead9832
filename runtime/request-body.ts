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
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > LARGEST_BODY_BYTES) throw tooLarge(`${length} bytes`);
  if (request.body === null || length === "0") return undefined;
  const bytes = length === null ? await readBounded(request.body) : await request.arrayBuffer();
  if (bytes.byteLength === 0) return undefined;
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

/** A body that does not say how long it is: the rest is not read once it is too long. */
async function readBounded(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) throw tooLarge("more");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(found: string): Problem {
  return new Problem(
    413,
    "too-large",
    "The body is too large",
    `found ${found}, accepted are ${LARGEST_BODY_BYTES} bytes at most`,
  );
}
