import assert from "node:assert/strict";
import { isComplete } from "#kernel-ext/cells/index.ts";

describe("is_complete", () => {
  const complete = [
    "1",
    "const a = 1",
    "await f()",
    "function f() {}",
    "",
    "class A { x: number }",
    "`a\nb`",
    "const A = class {}",
    "export default class { x = class {} }",
  ];
  const incomplete = [
    "f(",
    "if (x) {",
    "const a =",
    "`abc",
    "/* abc",
    "[1,",
    "x.",
    "1 +",
    "function f() {\n  return 1;\n",
    "import { a } from",
    "async () => {",
    "x ? 1 :",
  ];
  const invalid = ["f)", "'abc", "a b", "}", "=> 3", "const = 1\nconst b = 2"];
  // The parser of TypeScript takes a name here for optional, JavaScript does not.
  invalid.push("class { }", "class extends B {}", "if (x) { class {} }");
  for (const [status, codes] of Object.entries({ complete, incomplete, invalid })) {
    for (const code of codes) {
      it(`calls ${JSON.stringify(code)} ${status}`, () => {
        assert.equal(isComplete(code).status, status);
      });
    }
  }

  it("indents after an opening bracket and keeps the indent otherwise", () => {
    assert.deepEqual(isComplete("if (x) {"), { status: "incomplete", indent: "  " });
    assert.deepEqual(isComplete("if (x) {\n  f()\n"), { status: "incomplete", indent: "  " });
  });
});
