import { readFileSync } from "node:fs";
import { sourceNodes, sourceStyles } from "./source-looks.ts";

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

/** The page and its files. */
export interface Page {
  readonly files: readonly PageFile[];
  /** The one script that is part of the page itself, as a policy names it. */
  readonly startSource: string;
}

const WEB = new URL("./web/", import.meta.url).pathname;
const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

/** What `index.html` names, how it is served, and how its content is made. */
const FILES = [
  { name: "uplot.js", served: ["uplot", "js", SCRIPT], content: readUPlot },
  { name: "main.ts", served: ["main", "js", SCRIPT], content: bundle },
  { name: "style.css", served: ["style", "css", STYLE], content: bundleStyles },
] as const;

/**
 * Bundles, minifies and compresses `web/`. A macro: it runs while `page-assets.ts` is transpiled (`bun
 * dashboard/main.ts`) or bundled (`bun build --compile`), and only its result is part of the program.
 */
export function bundlePage(): Page {
  const start = bundle("start.ts").toString().trim();
  let page = readFileSync(`${WEB}index.html`, "utf8")
    .replace("<!-- sources -->", sourceNodes())
    .replace(`<script src="./start.ts"></script>`, () => `<script>${start}</script>`);
  const files = FILES.map(({ name, served: [stem, extension, type], content: make }) => {
    const content = make(name);
    const hash = hashOf(content);
    const path = `assets/${stem}-${hash}.${extension}`;
    page = page.replace(`./${name}`, path);
    return pack(`/${path}`, type, hash, content);
  });
  const html = Buffer.from(page);
  return {
    files: [...files, pack("/", "text/html; charset=utf-8", hashOf(html), html)],
    startSource: `'sha256-${new Bun.CryptoHasher("sha256").update(start).digest("base64")}'`,
  };
}

/** In a process of its own: a macro runs inside the bundler, which can't begin a second time. */
function bundle(name: string): Buffer {
  // The script in the page is no module: those wait for the whole page.
  const format = name === "start.ts" ? "--format=iife" : "--format=esm";
  const command = [process.execPath, "build", `${WEB}${name}`, "--target=browser", "--minify", format];
  const result = Bun.spawnSync(command, { env: { ...process.env, NODE_ENV: "production" } });
  if (result.exitCode !== 0) throw new Error(`web/${name} can't be bundled\n${result.stderr.toString()}`);
  return result.stdout;
}

function bundleStyles(name: string): Buffer {
  return Buffer.concat([Buffer.from(sourceStyles()), bundle(name)]);
}

function readUPlot(): Buffer {
  return readFileSync(Bun.resolveSync("uplot/dist/uPlot.iife.min.js", WEB));
}

function pack(path: string, type: string, hash: string, content: Buffer): PageFile {
  const bytes = new Uint8Array(content);
  // The slowest level of this library is the smallest gzip there is here; it takes some ms, once.
  const gzip = Bun.gzipSync(bytes, { library: "libdeflate", level: 12 });
  const zstd = Bun.zstdCompressSync(bytes, { level: 19 });
  return { path, type, hash, gzip: gzip.toBase64(), zstd: zstd.toString("base64") };
}

function hashOf(content: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 12);
}
