import assert from "node:assert/strict";
import vm from "node:vm";
import {
  CellSources,
  CellSyntaxError,
  compileCell,
  createCellSupport,
  createRunInterruptible,
  GeneratorRun,
  compilerHelpers,
  type EmitSettings,
  type RunOutcome,
} from "#kernel-ext/cells/index.ts";

const support = createCellSupport({ url: "file:///nb/x.ts" } as never, {} as never);

interface TestCell {
  readonly cell: string;
  readonly emitSettings: () => EmitSettings;
}

/** What cells are handed. */
const offered: Record<string, unknown> = {
  ...{ console, display: "ours", babelHelpers: compilerHelpers, $counterlab: support },
};
const parameters = Object.keys(offered);

/** Runs cells one after the other in a realm of their own; returns the value of the last. */
async function run(...cells: (string | TestCell)[]): Promise<unknown> {
  const context = vm.createContext({ setTimeout, Promise, Symbol, Object, process: "original" });
  const reserved = new Set(["process", "display"]);
  const shadowed = new Set<string>();
  let last: unknown;
  for (const given of cells) {
    const { cell, ...settings } = typeof given === "string" ? { cell: given } : given;
    const compiled = compileCell(cell, { reserved, shadowed, parameters, ...settings });
    for (const name of compiled.shadowed) shadowed.add(name);
    for (const name of compiled.names) if (!(name in context)) context[name] = undefined;
    const start = new vm.Script(compiled.code, {
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }).runInContext(context) as (...values: unknown[]) => Generator<unknown, unknown>;
    const body = start(...compiled.parameters.map((name) => offered[name]));
    const outcome = await new Promise<RunOutcome>((resolve) => {
      const runInterruptible = createRunInterruptible(new Int32Array(2));
      new GeneratorRun(body, { runInterruptible, onDone: resolve }).start();
    });
    if (outcome.status === "threw") throw outcome.error;
    last = outcome.value;
  }
  return plain(last);
}

/** Values of another realm have other prototypes. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null ? structuredClone(value) : value;
}

const later =
  "const later = (value, ms = 1) => new Promise((done) => setTimeout(done, ms, value));";

describe("a compiled cell", () => {
  const cases: Record<string, [cells: string[], expected: unknown]> = {
    "shares one binding between closures and later cells": [
      ["let count = 0; function inc() { count++ }", "count = 10; inc(); count"],
      11,
    ],
    "may declare a name again, as another kind": [
      ["const a: number = 1", "let a = 'two'", "function a() { return 3 }", "a()"],
      3,
    ],
    "lets an earlier function see a later redefinition of what it calls": [
      [
        "function f() { return g() }; function g() { return 1 }",
        "function g() { return 2 }",
        "f()",
      ],
      2,
    ],
    "lets a recursive function see its own redefinition": [
      [
        "function f(n) { return n === 0 ? 'old' : f(n - 1) }; const old = f",
        "function f(n) { return 'new' }",
        "old(1)",
      ],
      "new",
    ],
    "hoists functions above their use": [["const v = f(); function f() { return 4 }", "v"], 4],
    "keeps what was assigned before an error": [
      ["let a = 1", "try { eval('') } catch {}; a = 2; var b = 3", "[a, b]"],
      [2, 3],
    ],
    "takes classes, with extends and static blocks": [
      ["class A { static n = 0; static { this.n = 5 } }", "class B extends A {}", "B.n"],
      5,
    ],
    "takes destructuring with defaults, rest and awaits": [
      [
        later,
        "const { x, y: [z = await later(8), ...others], ...rest } = await later({ x: 1, y: [undefined, 3, 4], p: 5 })",
        "[x, z, others, rest]",
      ],
      [1, 8, [3, 4], { p: 5 }],
    ],
    "takes enums, again and again without merging": [
      ["enum E { A, B }", "enum E { C }", "Object.keys(E)"],
      ["0", "C"],
    ],
    "takes var in blocks and loop heads": [
      ["for (var i = 0; i < 3; i++) { var last = i }", "for (var [k] of [[7]]) ;", "[i, last, k]"],
      [3, 2, 7],
    ],
    "keeps let of loops and blocks inside": [
      ["let i = 'outer'; for (let i = 0; i < 3; i++) ; { const i = 1 }", "i"],
      "outer",
    ],
    "gives the value of its last expression": [["1; 2 + 2;"], 4],
    "gives an object literal in parentheses": [["({ a: 1 })"], { a: 1 }],
    "gives a lone string": [["'hello'"], "hello"],
    "gives nothing for a declaration": [["const a = 1"], undefined],
    "gives the default export": [["export default 1 + 1"], 2],
    "awaits in arguments, conditions, templates and member chains": [
      [
        later,
        "const r = [await later(1), `${await later(2)}`, (await later({ v: 3 })).v, (await later(false)) ? 0 : await later(4)]; if (await later(true)) r.push(await later(5)); r",
      ],
      [1, "2", 3, 4, 5],
    ],
    "awaits in class heads and computed keys": [
      [
        later,
        "class A extends (await later(Object)) { [await later('k')]() { return 6 } }",
        "new A().k()",
      ],
      6,
    ],
    "awaits the last expression": [[later, "await later(9)"], 9],
    "leaves awaits of inner functions to them": [
      [
        later,
        "const f = async () => (await later(1)) + 1; async function g() { return await f() }",
        "await g()",
      ],
      2,
    ],
    "runs for await with break, continue, labels and patterns": [
      [
        "async function* numbers(n) { for (let i = 0; i < n; i++) yield [i] }",
        `const seen = [];
outer: for await (const [a] of numbers(4)) {
  for await (const [b] of numbers(4)) { if (b > a) continue outer; if (a === 3) break outer; seen.push(a * 10 + b) }
}
seen`,
      ],
      [0, 10, 11, 20, 21, 22],
    ],
    "closes an iterator that for await leaves": [
      [
        "let closed = 0; async function* forever() { try { for (;;) yield 1 } finally { closed++ } }",
        "for await (const x of forever()) break",
        "try { for await (const x of forever()) throw 1 } catch {}; closed",
      ],
      2,
    ],
    "runs for await over promises, into an outer variable": [
      [later, "let last; for await (last of [later(1), later(2)]) ;", "last"],
      2,
    ],
    "disposes what `using` declares at the end of the cell": [
      [
        "const log = []; { using x = { [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() { log.push('x') } }; log.push('in') } log",
      ],
      ["in", "x"],
    ],
    "does not overwrite Node's globals for everybody": [
      [
        "const process = { mine: true, display }; function display2() { return process }",
        "[process.mine, globalThis.process]",
      ],
      [true, "original"],
    ],
    "renames shadowing names in shorthand, patterns and closures": [
      ["let { process } = { process: 1 }; const read = () => ({ process })", "process = 2; read()"],
      { process: 2 },
    ],
    "imports default, named and namespace bindings": [
      [
        "import path, { basename as base } from 'node:path'; import * as ns from 'node:path';",
        "[base('/a/b'), path === ns.default]",
      ],
      ["b", true],
    ],
    "ignores imported types": [["import { type ParsedPath, sep } from 'node:path'; sep"], "/"],
    "reads import.meta": [["import.meta.url"], "file:///nb/x.ts"],
    "names functions and classes as written": [
      [
        "const f = () => {}; function g() {}; class K {}; let L = class {}",
        "[f.name, g.name, K.name, L.name]",
      ],
      ["f", "g", "K", "L"],
    ],
    "is strict, as modules are": [["(function () { return this === undefined })()"], true],
    "accepts types, satisfies, abstract classes and parameter properties": [
      [
        "abstract class A { constructor(public n: number) {} }; class B extends A {}; new B(3).n satisfies number",
      ],
      3,
    ],
    "runs standard decorators and auto-accessors": [
      [
        `const seen = []; function note(value, { kind, name }) { seen.push([kind, name]); return value }
@note class A { @note m() { return 1 }; accessor v = 2 }
const a = new A(); [seen, a.m(), a.v]`,
      ],
      [
        [
          ["method", "m"],
          ["class", "A"],
        ],
        1,
        2,
      ],
    ],
    "keeps what the compiler adds for decorators out of the globals": [
      [
        "const keep = (v) => v; @keep class A {}",
        "Object.keys(globalThis).filter((k) => k[0] === '_')",
      ],
      [],
    ],
    "runs JSX with the factory that a comment names": [
      [
        "const h = (tag, props, ...children) => ({ tag, props, children })",
        "/** @jsx h */\nconst el = <b x={await Promise.resolve(1)}>hi</b>; el",
      ],
      { tag: "b", props: { x: 1 }, children: ["hi"] },
    ],
    "takes an arrow with a type parameter, and an old cast, for what they are": [
      ["const f = <T,>(x: T) => x; const n = <number>f(3); n"],
      3,
    ],
    "takes namespaces and merges one into the enum of its cell": [
      ["enum S { A = 'a' }\nnamespace S { export const help = 1 }\n[S.A, S.help]"],
      ["a", 1],
    ],
    "imports nothing where it imports only types": [
      [
        "import { type Nothing } from './does-not-exist.ts'; import type { N } from './nor-this.ts'; 1",
      ],
      1,
    ],
    "accepts nothing at all": [["// only a comment"], undefined],
  };
  for (const [name, [cells, expected]] of Object.entries(cases)) {
    it(name, async () => {
      assert.deepEqual(await run(...cells), expected);
    });
  }

  it("keeps a binding's old value when its new initialiser throws", async () => {
    await assert.rejects(run("let a = 1", "let a = (() => { throw new Error('no') })()"), /no/);
  });

  it("refuses a missing named export that it uses, and says what there is", async () => {
    await assert.rejects(
      run("import { nothing } from 'node:path'; nothing()"),
      /does not export "nothing".*basename/,
    );
  });

  it("runs decorators from before the standard where the settings ask for them", async () => {
    const legacy = { emitSettings: () => ({ experimentalDecorators: true }) };
    const cell =
      "const seen = []; const note = (target, key) => { seen.push(key) }; class A { @note m() {} }; seen";
    assert.deepEqual(await run({ cell, ...legacy }), ["m"]);
  });

  it("maps a call at the start of the last statement to its line", () => {
    const options = { reserved: new Set<string>(), shadowed: new Set<string>(), parameters };
    const source = "if (true) { 1 }\nmissing()";
    const { code, maps } = compileCell(source, options);
    const sources = new CellSources();
    sources.add("cell.ts", { label: "Cell [1]", source, maps });
    const line = code.split("\n").findIndex((text) => text.startsWith("return ("));
    const at = sources.locate("cell.ts", line + 1, 1);
    assert.deepEqual([at?.line, at?.column], [2, 1]);
  });

  it("says where a syntax error is, in UTF-16 columns after an emoji too", () => {
    const options = { reserved: new Set<string>(), shadowed: new Set<string>(), parameters };
    for (const [cell, line, column] of [
      ["let a = 1;\n  class {}", 2, 3],
      ["let a = 1;\nlet b = ;", 2, 9],
      ["/*😀*/ let b = ;", 1, 16],
      ["let a = 1\nlet a = 2", 2, 5],
    ] as const) {
      assert.throws(
        () => compileCell(cell, options),
        (error) =>
          error instanceof CellSyntaxError && error.line === line && error.column === column,
        cell,
      );
    }
  });
});
