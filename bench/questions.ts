import { produceRecords } from "./producer/produce-records.ts";
import type { Question } from "./question.ts";

/** All questions, by the part that they are about: `bun run bench producer` asks a part's, `bun run bench` all. */
export const QUESTIONS: Readonly<Record<string, readonly Question[]>> = {
  producer: [produceRecords],
};
