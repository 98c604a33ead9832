import { faker } from "@faker-js/faker/locale/en_US";
import { Catalogue } from "../producer/catalogue.ts";
import { Generator } from "../producer/generator.ts";

const SEED = 1;

/** Writes transactions of a fixed seed into a file, one a line. */
export async function writeRecords(path: string, count: number): Promise<void> {
  const generator = new Generator(SEED, new Catalogue(SEED, faker));
  const timestamp = new Date().toISOString();
  const writer = Bun.file(path).writer();
  for (let index = 0; index < count; index++) writer.write(`${generator.make(index, timestamp).json}\n`);
  await writer.end();
}
