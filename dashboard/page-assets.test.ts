import { expect, test } from "bun:test";
import { pageResponse } from "./page-assets.ts";

/** As much JavaScript as the page may make a browser fetch, gzip. */
const MOST_SCRIPT_BYTES = 40_000;

function get(path: string, headers: Record<string, string> = {}): Response {
  const response = pageResponse(new Request(`http://localhost${path}`, { headers }));
  if (response === undefined) throw new Error(`there is no ${path}`);
  return response;
}

function gzipBytes(text: string): number {
  return Bun.gzipSync(text, { library: "libdeflate", level: 12 }).byteLength;
}

/** The script that is part of the page itself. */
async function inlineScript(): Promise<string> {
  const scripts = [...(await get("/").text()).matchAll(/<script>([^<]*)<\/script>/g)];
  expect(scripts.length).toBe(1);
  return scripts[0]?.[1] ?? "";
}

async function assetPaths(): Promise<string[]> {
  const page = await get("/").text();
  return [...page.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map((match) => `/${match[1]}`);
}

test("the page names its files by their content, and they are there", async () => {
  const paths = await assetPaths();
  expect(paths.length).toBe(3);
  for (const path of paths) {
    expect(path).toMatch(/^\/assets\/[a-z]+-[0-9a-f]{12}\.(js|css)$/);
    expect(get(path).headers.get("cache-control")).toContain("immutable");
  }
  expect(get("/").headers.get("cache-control")).toBe("no-cache");
  expect(pageResponse(new Request("http://localhost/assets/main.js"))).toBeUndefined();
});

test("all the JavaScript is at most 40 KB", async () => {
  const scripts = (await assetPaths()).filter((path) => path.endsWith(".js"));
  const sizes = scripts.map(async (path) => (await get(path, { "accept-encoding": "gzip" }).bytes()).byteLength);
  const page = await get("/").text();
  const inline = gzipBytes(page) - gzipBytes(page.replace(await inlineScript(), ""));
  const total = (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, inline);
  expect(total).toBeLessThan(MOST_SCRIPT_BYTES);
  expect(total).toBeGreaterThan(10_000);
});

test("a file comes as the browser accepts it, each form with a tag of its own, and not again when it is known", async () => {
  const plain = await get("/").text();
  const forms = { zstd: Bun.zstdDecompressSync, gzip: Bun.gunzipSync };
  const tags = new Set([get("/").headers.get("etag")]);
  for (const [encoding, decompress] of Object.entries(forms)) {
    const response = get("/", { "accept-encoding": encoding });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    tags.add(response.headers.get("etag"));
    expect(new TextDecoder().decode(decompress(await response.bytes()))).toBe(plain);
  }
  expect(get("/", { "accept-encoding": "zstd;q=0, gzip" }).headers.get("content-encoding")).toBe("gzip");
  expect(tags.size).toBe(3);
  for (const tag of tags) expect(tag).toMatch(/^"[^"]+"$/);
  const tag = get("/").headers.get("etag") ?? "";
  expect(get("/", { "if-none-match": tag }).status).toBe(304);
  expect(get("/", { "if-none-match": `"other", W/${tag}` }).status).toBe(304);
  expect(get("/", { "if-none-match": '"other"' }).status).toBe(200);
});

test("the policy allows nothing from elsewhere, and nothing inline but the page's own first script", async () => {
  const policy = get("/").headers.get("content-security-policy") ?? "";
  const hash = new Bun.CryptoHasher("sha256").update(await inlineScript()).digest("base64");
  expect(policy).toStartWith(
    `default-src 'none'; script-src 'self' 'sha256-${hash}'; style-src 'self'; connect-src 'self';`,
  );
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
});
