import { readFileSync } from "node:fs";

/** One file of the page, ready to be sent. */
export interface PageFile {
  /** Path under which it is served. */
  readonly path: string;
  readonly type: string;
  /** Hash of the content; part of the path of everything but the page itself. */
  readonly hash: string;
  /** Compressed content in base64. */
  readonly gzip: string;
  readonly zstd: string;
}

const WEB = new URL("./web/", import.meta.url).pathname;
const FILES = [
  { entry: "theme.ts", name: "theme", extension: "js", type: "text/javascript; charset=utf-8" },
  { entry: "main.ts", name: "main", extension: "js", type: "text/javascript; charset=utf-8" },
  { entry: "style.css", name: "style", extension: "css", type: "text/css; charset=utf-8" },
] as const;

/**
 * Bundles, minifies and compresses `web/`. A macro: it runs while `page-assets.ts` is transpiled (`bun
 * dashboard/main.ts`) or bundled (`bun build --compile`), and only its result is part of the program.
 */
export function bundlePage(): PageFile[] {
  let page = readFileSync(`${WEB}index.html`, "utf8");
  const files = FILES.map(({ entry, name, extension, type }) => {
    const content = bundle(entry);
    const hash = hashOf(content);
    page = page.replace(`./${entry}`, `assets/${name}-${hash}.${extension}`);
    return pack(`/assets/${name}-${hash}.${extension}`, type, hash, content);
  });
  const html = Buffer.from(page);
  return [...files, pack("/", "text/html; charset=utf-8", hashOf(html), html)];
}

/** In a process of its own: a macro runs inside the bundler, which can't begin a second time. */
function bundle(entry: string): Buffer {
  const command = [process.execPath, "build", `${WEB}${entry}`, "--target=browser", "--minify"];
  const result = Bun.spawnSync(command, { env: { ...process.env, NODE_ENV: "production" } });
  if (result.exitCode !== 0) throw new Error(`web/${entry} can't be bundled\n${result.stderr.toString()}`);
  return result.stdout;
}

function pack(path: string, type: string, hash: string, content: Buffer): PageFile {
  const gzip = Buffer.from(Bun.gzipSync(new Uint8Array(content), { level: 9 })).toString("base64");
  const zstd = Bun.zstdCompressSync(content, { level: 19 }).toString("base64");
  return { path, type, hash, gzip, zstd };
}

function hashOf(content: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 12);
}
