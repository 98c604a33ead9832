import { SOURCES } from "#contract/sources.ts";
import { describeBadInput } from "./conformance/bad-input.ts";
import { describeSource } from "./conformance/source.ts";

for (const source of SOURCES) {
  describeSource(source);
  describeBadInput(source);
}
