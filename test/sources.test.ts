import { SOURCES } from "#contract/sources.ts";
import { describeSource } from "./conformance/source.ts";

for (const source of SOURCES) describeSource(source);
