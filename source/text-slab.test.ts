import { expect, test } from "bun:test";
import fc from "fast-check";
import { toBytes } from "./text-slab.ts";

test("every text keeps its bytes, however many come after it", () => {
  const texts = fc.sample(fc.string({ unit: "binary", maxLength: 2_000 }), 3_000);
  const long = "€".repeat(200_000);
  const bytes = [...texts, long, ...texts].map(toBytes);
  for (const [index, text] of [...texts, long, ...texts].entries()) expect(bytes[index]).toEqual(Buffer.from(text));
});
