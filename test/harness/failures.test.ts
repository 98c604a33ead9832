import { expect, test } from "bun:test";
import { Failures } from "./failures.ts";

const OUTPUT = `
a.test.ts:
(pass) one [1.00ms]
error: expected 1
      at a.test.ts:3
(fail) two [2.00ms]
a log line
(pass) three

1 tests failed:
(fail) two [2.00ms]

 2 pass
`;

test("what was said about a failed test, and only that, is said again, however the output is cut", () => {
  for (const size of [1, 7, OUTPUT.length]) {
    const failures = new Failures();
    for (let at = 0; at < OUTPUT.length; at += size) failures.take(OUTPUT.slice(at, at + size));
    expect(failures.text()).toBe(`
error: expected 1
      at a.test.ts:3
(fail) two [2.00ms]
`);
  }
});

test("a run without failures says nothing again", () => {
  const failures = new Failures();
  failures.take("a.test.ts:\n(pass) one\n");
  expect(failures.text()).toBe("");
});
