import { join, resolve } from "node:path";
import { asyncApi } from "./async-api.ts";
import { jsonSchemas, type Published } from "./json-schemas.ts";
import { openApi, SERVICE_PORTS } from "./open-api.ts";

/** Where the documents are for whoever wants to build on the pipeline. */
export const PUBLISHED: string = join(resolve(import.meta.dir, ".."), "contract", "published");

/** Every published document by file name, as the code says it now. */
export async function publishedDocuments(): Promise<Readonly<Record<string, Published>>> {
  const documents: Record<string, Published> = { ...jsonSchemas(), "pipeline.asyncapi.json": asyncApi() };
  for (const service of Object.keys(SERVICE_PORTS)) documents[`${service}.openapi.json`] = await openApi(service);
  return documents;
}

/** A document as it stands in its file. */
export function textOf(document: Published): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
