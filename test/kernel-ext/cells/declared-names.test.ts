import assert from "node:assert/strict";
import { declaredNames } from "#kernel-ext/cells/index.ts";

describe("the names that a cell declares", () => {
  const cases: Record<string, string[]> = {
    "const a = 1, { b, c: [d = 2, ...e], ...f } = x; let g": ["a", "b", "d", "e", "f", "g"],
    "function f() { var inner } class C {} enum E {} interface I {} type T = I; namespace N {}": [
      ...["f", "C", "E", "I", "T", "N"],
    ],
    "import d, { a as b, type T } from 'x'; import * as ns from 'y'; import fs = require('fs')": [
      ...["d", "b", "T", "ns", "fs"],
    ],
    "for (var i = 0; ; ) { var j } if (x) var k; for (let l of x) ;": ["i", "j", "k"],
    "export const p = 1; export default class Q {}; export { r }": ["p", "Q"],
    "declare global { var g: number } x = 5": [],
    "async function* gen() {} declare function h(): void": ["gen", "h"],
  };
  for (const [code, names] of Object.entries(cases)) {
    it(`are found in ${code}`, () => {
      assert.deepEqual(declaredNames(code).names, names);
    });
  }

  it("tell which are exported already", () => {
    const { exported } = declaredNames(
      "export const a = 1; const b = 2; export { b as c }; const d = 3",
    );
    assert.deepEqual([...exported], ["a", "c"]);
  });
});
