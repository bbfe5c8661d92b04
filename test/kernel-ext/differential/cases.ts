/** One thing that a notebook does: cells in order, each case with names of its own. */
export interface LanguageCase {
  readonly cells: readonly string[];
  /** What the reader of the last cell sees in Counterlab; see `outcome`. */
  readonly shows: string;
}

const wait = "const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))";

/** Every case runs through each kernel; `differences.md` explains where they part. */
export const cases: Readonly<Record<string, LanguageCase>> = {
  // ---- bindings
  "closure and later cell share a variable": {
    cells: ["let c1 = 0; function inc1() { c1++ }", "c1 = 10; inc1(); console.log(c1)"],
    shows: "11",
  },
  "closure sees a later assignment": {
    cells: ["let c2 = 1; const get2 = () => c2", "c2 = 5", "console.log(get2())"],
    shows: "5",
  },
  "const again, as another type": {
    cells: ["const k1 = 1", "const k1 = 'two'", "console.log(k1)"],
    shows: "two",
  },
  "class again": {
    cells: ["class K2 { v = 1 }", "class K2 { v = 2 }", "console.log(new K2().v)"],
    shows: "2",
  },
  "const from its own older value": {
    cells: ["const k3 = [1, 2, 3]", "const k3 = k3.filter((n) => n > 1)", "console.log(k3.length)"],
    shows: "2",
  },
  "older function calls a newer one of the same name": {
    cells: [
      "function f4() { return g4() } function g4() { return 1 }",
      "function g4() { return 2 }",
      "console.log(f4())",
    ],
    shows: "2",
  },
  "function used before its cell": {
    cells: ["function f5() { return g5() }", "function g5() { return 7 }", "console.log(f5())"],
    shows: "7",
  },
  "var of a loop stays": {
    cells: ["for (var i6 = 0; i6 < 3; i6++) ;", "console.log(i6)"],
    shows: "3",
  },
  "variables of a cell that throws stay": {
    cells: ["let a7 = 1; throw new Error('x')", "console.log(a7)"],
    shows: "1",
  },
  "destructuring with defaults and rest": {
    cells: [
      "const { a8, b8: [c8 = 3, ...d8], ...e8 } = { a8: 1, b8: [undefined, 2], z: 9 }",
      "console.log(JSON.stringify([a8, c8, d8, e8]))",
    ],
    shows: '[1,3,[2],{"z":9}]',
  },
  "assignment to a name that nobody declared": {
    cells: ["undeclared9 = 1; console.log(undeclared9)"],
    shows: "fails",
  },
  "a name of Node's is mine": {
    cells: ["const performance = 'mine'", "console.log(performance)"],
    shows: "mine",
  },
  // ---- await
  "await in expressions": {
    cells: [
      "const v10 = [await 1, `${await 2}`, (await { a: 3 }).a, (await true) ? await 4 : 0]; console.log(JSON.stringify(v10))",
    ],
    shows: '[1,"2",3,4]',
  },
  "await in a pattern's default": {
    cells: ["const { x11 = await Promise.resolve(5) } = {} as { x11?: number }; console.log(x11)"],
    shows: "5",
  },
  "await in a class head": {
    cells: ["class B12 extends (await Promise.resolve(Array)) {}; console.log(new B12(3).length)"],
    shows: "3",
  },
  "for await with break": {
    cells: [
      "async function* n13() { yield 1; yield 2; yield 3 }",
      "for await (const n of n13()) { if (n === 2) break; console.log(n) }",
    ],
    shows: "1",
  },
  "await in a block, a loop head and a switch": {
    cells: [
      "for (let i = await 0; i < (await 2); i += await 1) { switch (await i) { case 1: console.log(await 'one') } }",
    ],
    shows: "one",
  },
  "rejected await fails the cell": {
    cells: ["await Promise.reject(new Error('no'))"],
    shows: "fails",
  },
  // ---- TypeScript
  "interface, generic, satisfies": {
    cells: [
      "interface P15 { n: number }\nfunction id15<T extends P15>(x: T): T { return x }",
      "console.log(id15({ n: 2 } satisfies P15).n)",
    ],
    shows: "2",
  },
  enum: { cells: ["enum E16 { A, B = 5, C }", "console.log(E16.C, E16[5])"], shows: "6 B" },
  "const enum": { cells: ["const enum E17 { A = 3 }", "console.log(E17.A)"], shows: "3" },
  namespace: {
    cells: ["namespace N18 { export const v = 4 }", "console.log(N18.v)"],
    shows: "4",
  },
  "parameter properties and abstract classes": {
    cells: [
      "abstract class S19 { abstract area(): number }\nclass Q19 extends S19 { constructor(public s: number) { super() } area() { return this.s ** 2 } }",
      "console.log(new Q19(3).area())",
    ],
    shows: "9",
  },
  overloads: {
    cells: [
      "function o20(a: string): string; function o20(a: number): number; function o20(a: any) { return a }",
      "console.log(o20(3))",
    ],
    shows: "3",
  },
  "standard decorators": {
    cells: [
      "function twice21(method: (n: number) => number, _context: ClassMethodDecoratorContext) { return (n: number) => method(n) * 2 }\nclass D21 { @twice21 f(n: number) { return n } }",
      "console.log(new D21().f(4))",
    ],
    shows: "8",
  },
  "accessor keyword": {
    cells: ["class A22 { accessor v = 1 }", "const a22 = new A22(); a22.v = 5; console.log(a22.v)"],
    shows: "5",
  },
  using: {
    cells: [
      "{ using r23 = { [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() { console.log('closed') } } as Disposable; console.log('open') }",
    ],
    shows: "open closed",
  },
  "type error, then the value": {
    cells: ["const n25: number = 'text'", "console.log(n25)"],
    shows: "text",
  },
  "implicit any": {
    cells: ["const add26 = (a, b) => a + b; console.log(add26(1, 2))"],
    shows: "3",
  },
  "array that starts empty": {
    cells: ["const l27 = []; l27.push(1); l27.push('two'); console.log(l27.length)"],
    shows: "2",
  },
  "old cast and arrow with a type parameter": {
    cells: ["const f28 = <T,>(x: T) => x; console.log(<number>f28(3))"],
    shows: "3",
  },
  "JSX with a factory": {
    cells: [
      "/** @jsx h29 */\nconst h29 = (tag: string, _props: object | null, ...children: unknown[]) => tag + children.length",
      "/** @jsx h29 */\nconsole.log(<b>hi</b>)",
    ],
    shows: "b1",
  },
  "export in a cell": {
    cells: ["export const x30 = 1; export default 5", "console.log(x30)"],
    shows: "1",
  },
  "syntax error": { cells: ["const = 3"], shows: "fails" },
  // ---- modules
  "import of a Node module": {
    cells: [
      "import * as path31 from 'node:path'; import { sep as sep31 } from 'node:path'; console.log(path31.basename('/a/b'), sep31)",
    ],
    shows: "b /",
  },
  "import used by a later cell": {
    cells: ["import { join as join32 } from 'node:path'", "console.log(join32('a', 'b'))"],
    shows: "a/b",
  },
  "import of nothing but a missing module's types": {
    cells: ["import { type T33 } from './not-there.ts'; console.log('fine')"],
    shows: "fine",
  },
  "import of a TypeScript file": {
    cells: ["import { twice34 } from './lib34.ts'; console.log(twice34(4))"],
    shows: "8",
  },
  "import of an ESM-only package": {
    cells: ["import { only35 } from 'esm-only'; console.log(only35)"],
    shows: "esm",
  },
  "require of a CommonJS file": {
    cells: ["console.log(require('./lib36.cjs').n)"],
    shows: "36",
  },
  "dynamic import": {
    cells: ["const { basename: b37 } = await import('node:path'); console.log(b37('/x/y'))"],
    shows: "y",
  },
  "import of JSON": {
    cells: ["import data38 from './data38.json' with { type: 'json' }; console.log(data38.n)"],
    shows: "38",
  },
  "module cell": {
    cells: [
      "/** @module own39 */\nexport const made39 = 39",
      "import { made39 } from './own39'; console.log(made39)",
    ],
    shows: "39",
  },
  "import.meta and __dirname": {
    cells: ["console.log(typeof import.meta.url, typeof __dirname)"],
    shows: "string string",
  },
  // ---- results and output
  "result of the last expression": { cells: ["1 + 1"], shows: "2" },
  "result of an expression behind a declaration": { cells: ["const a41 = 2; a41 * 3"], shows: "6" },
  "no result behind a semicolon-less declaration": { cells: ["const a42 = 2"], shows: "" },
  "result of an await": { cells: ["await Promise.resolve(43)"], shows: "43" },
  "a promise that is not awaited": {
    cells: ["new Promise(() => {})"],
    shows: "Promise { <pending> } (await it to see its value)",
  },
  "undefined is no result": { cells: ["undefined"], shows: "" },
  "last statement is an if": { cells: ["if (true) { 45 }"], shows: "" },
  "object literal in parentheses": { cells: ["({ a46: 1 })"], shows: "{ a46: 1 }" },
  "object at the start of a statement": { cells: ["{ 47 }"], shows: "" },
  "printed text and result": { cells: ["console.log('text'); 48"], shows: "text 48" },
  "table of records": {
    cells: ["console.table([{ a: 1 }])"],
    shows: "<text/html text/plain>",
  },
  "a value that shows itself": {
    cells: ["({ [Symbol.for('Jupyter.display')]() { return { 'text/plain': 'own 50' } } })"],
    shows: "own 50",
  },
  "tslab's display": {
    cells: ["import * as tslab51 from 'tslab'; tslab51.display.html('<b>1</b>')"],
    shows: "<text/html>",
  },
  "a thrown value that is no error": { cells: ["throw { code: 7 }"], shows: "fails" },
  "strict mode": {
    cells: ["console.log((function (this: unknown) { return this === undefined })())"],
    shows: "true",
  },
  "function in a block is not seen outside": {
    cells: ["if (true) { function inner54() { return 1 } }\nconsole.log(typeof inner54)"],
    shows: "undefined",
  },
  "shell line": { cells: ["!echo shell55"], shows: "shell55" },
  magic: { cells: ["%pwd"], shows: "'.'" },
  "child process that inherits stdout": {
    cells: [
      "import { spawnSync as spawn57 } from 'node:child_process'; spawn57(process.execPath, ['-e', 'console.log(57)'], { stdio: 'inherit' }); 0;",
    ],
    shows: "57 0",
  },
  "700 lines": {
    cells: ["for (let i = 0; i < 700; i++) console.log('')\nconsole.log('end')"],
    shows: "end",
  },
  "unhandled rejection, then the next cell": {
    cells: [
      `${wait}; Promise.reject(new Error('nobody')); await pause(30)`,
      "console.log('alive')",
    ],
    shows: "alive",
  },
  "output of a timer, later": {
    cells: [
      "setTimeout(() => console.log('late'), 300)",
      "await new Promise((done) => setTimeout(done, 500)); console.log('own')",
    ],
    shows: "own",
  },
};
