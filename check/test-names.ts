import ts from "typescript";

/** A promise that a test keeps. */
export interface TestName {
  /** The names of the `describe`s around it and its own. */
  readonly path: readonly string[];
}

/**
 * The names of the tests in a file, in their order, without running it. `test.each`, `test.skipIf` and the like count
 * as one; where a name is made at run time its template is shown.
 */
export function testNames(path: string, text: string): TestName[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: TestName[] = [];
  const visit = (node: ts.Node, around: readonly string[]): void => {
    if (ts.isCallExpression(node)) {
      const word = wordOf(node.expression);
      const [first, body] = node.arguments;
      if ((word === "test" || word === "describe") && first !== undefined && body !== undefined) {
        const inside = [...around, nameOf(first, file)];
        if (word === "test") found.push({ path: inside });
        else ts.forEachChild(body, (child) => visit(child, inside));
        return;
      }
    }
    ts.forEachChild(node, (child) => visit(child, around));
  };
  visit(file, []);
  return found;
}

/** `test` of `test(…)`, `test.skipIf(…)(…)` and `test.each(…)(…)`; nothing of `test.each(…)` alone, which names none. */
function wordOf(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  const made = ts.isCallExpression(expression) ? expression.expression : undefined;
  if (made !== undefined && ts.isPropertyAccessExpression(made) && ts.isIdentifier(made.expression))
    return made.expression.text;
  return undefined;
}

function nameOf(node: ts.Expression, file: ts.SourceFile): string {
  if (ts.isStringLiteralLike(node)) return node.text;
  return node
    .getText(file)
    .replace(/^`|`$/g, "")
    .replace(/\$\{(?:[\w.]+\.)?(\w+)\}/g, "‹$1›");
}
