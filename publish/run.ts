import { join } from "node:path";
import { PUBLISHED, publishedDocuments, textOf } from "./documents.ts";

// `bun run contracts`: writes contract/published/.
for (const [name, document] of Object.entries(await publishedDocuments())) {
  await Bun.write(join(PUBLISHED, name), textOf(document));
  process.stdout.write(`contract/published/${name}\n`);
}
