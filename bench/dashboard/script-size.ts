/** Bytes of all JavaScript that a page names, as they come with gzip. */
export async function gzipBytes(url: string): Promise<number> {
  const html = await (await fetch(url)).text();
  const paths = [...html.matchAll(/src="([^"]+\.js)"/g)].map(([, path = ""]) => path);
  let bytes = 0;
  for (const path of paths) {
    const answer = await fetch(new URL(path, url), { headers: { "accept-encoding": "gzip" }, decompress: false });
    bytes += (await answer.bytes()).byteLength;
  }
  return bytes;
}
