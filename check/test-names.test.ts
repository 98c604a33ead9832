import { expect, test } from "bun:test";
import { testNames } from "./test-names.ts";

test("every form of a test is found once, with the chapters around it", () => {
  const text = `
    test("plain", () => {});
    test.each([["a", 1], ["b", 2]])("for %p", () => {});
    test.skipIf(condition())("where there is a browser", () => {});
    export function describeSource(about: Source): void {
      describe(\`\${about.service} is a source\`, () => { test("inside", async () => { test.each; }, 60_000); });
    }
    describe.each(["x"])("%s is hostile", () => { beforeAll(() => {}); test("deep", () => {}); });
    expect(test).toBe(1);
  `;
  expect(testNames("a.test.ts", text).map(({ path }) => path)).toEqual([
    ["plain"],
    ["for %p"],
    ["where there is a browser"],
    ["‹service› is a source", "inside"],
    ["%s is hostile", "deep"],
  ]);
});
