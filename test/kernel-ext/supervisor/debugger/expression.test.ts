import assert from "node:assert/strict";
import { compileExpression } from "#kernel-ext/supervisor/debugger/expression.ts";

describe("expressions of the debug console", () => {
  const compile = (text: string, own: string[] = []): string =>
    compileExpression(text, { renamed: { fetch: "$cell_fetch" }, own }).trim();

  it("lose their types", () => {
    assert.equal(compile("(a as number) + b!"), "a + b;");
    assert.throws(() => compile("1 +"), { name: "SyntaxError" });
  });

  it("may be an object in braces", () => {
    assert.equal(compile("{ a: 1 }"), "({ a: 1 });");
  });

  it("mean the notebook's variables, not Node's of the same name", () => {
    assert.equal(compile("fetch(fetch.length)"), "$cell_fetch($cell_fetch.length);");
    assert.equal(compile("{ fetch, a: o.fetch }"), "({\n\tfetch: $cell_fetch,\n\ta: o.fetch\n});");
  });

  it("mean the frame's own variables before all", () => {
    assert.equal(compile("fetch(1)", ["fetch"]), "fetch(1);");
    assert.equal(compile("((fetch) => fetch(1))(fetch)"), "((fetch) => fetch(1))($cell_fetch);");
  });
});
