import Negotiator from "negotiator";
import { bundlePage } from "./bundle-page.ts" with { type: "macro" };
import type { PageFile } from "./bundle-page.ts";

const page = bundlePage();
const POLICY = [
  "default-src 'none'",
  `script-src 'self' ${page.startSource}`,
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const ENCODINGS = ["zstd", "gzip", "identity"] as const;
const files: ReadonlyMap<string, PageFile> = new Map(page.files.map((file) => [file.path, file]));
/** Decoded from base64 at the first request, so that the start does not wait for it. */
const bodies = new Map<string, Uint8Array<ArrayBuffer>>();

/** Answers with a file of the page, or nothing when there is none of this name. */
export function pageResponse(request: Request): Response | undefined {
  const { pathname } = new URL(request.url);
  const file = files.get(pathname);
  if (file === undefined) return undefined;
  const accepted = { "accept-encoding": request.headers.get("accept-encoding") ?? "" };
  const acceptable = new Negotiator({ headers: accepted }).encodings([...ENCODINGS]);
  const encoding = ENCODINGS.find((known) => acceptable.includes(known)) ?? "identity";
  const etag = `"${file.hash}-${encoding}"`;
  const headers: Record<string, string> = {
    etag,
    vary: "Accept-Encoding",
    // A file with a hash in its name never changes; the page that names them is asked for every time.
    "cache-control": pathname === "/" ? "no-cache" : "public, max-age=31536000, immutable",
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  const known = request.headers.get("if-none-match")?.split(",") ?? [];
  if (known.some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*"))
    return new Response(null, { status: 304, headers });
  headers["content-type"] = file.type;
  if (encoding !== "identity") headers["content-encoding"] = encoding;
  return new Response(bodyOf(file, encoding), { headers });
}

function bodyOf(file: PageFile, encoding: string): Uint8Array<ArrayBuffer> {
  const key = `${file.path} ${encoding}`;
  const known = bodies.get(key);
  if (known !== undefined) return known;
  const gzip = Uint8Array.fromBase64(file.gzip);
  const body =
    encoding === "zstd" ? Uint8Array.fromBase64(file.zstd) : encoding === "gzip" ? gzip : Bun.gunzipSync(gzip);
  bodies.set(key, body);
  return body;
}
