import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { JupyterClient, type Execution } from "../../support/jupyter-client.ts";
import { keepKernel } from "../../support/keep-kernel.ts";

const types = ({ messages }: Execution): string[] =>
  messages.map(({ type, content }) =>
    type === "status" ? String(content["execution_state"]) : type,
  );

describe("executing cells", () => {
  let kernel: JupyterClient;
  let notebookDir: string;

  before(async () => {
    notebookDir = await mkdtemp(path.join(tmpdir(), "counterlab-notebook-"));
  });
  keepKernel(async () => {
    kernel = await JupyterClient.start({ cwd: notebookDir });
    return kernel;
  });
  after(async () => {
    await rm(notebookDir, { recursive: true });
  });

  it("sends busy, execute_input, outputs, result and idle, in this order", async () => {
    const run = await kernel.execute("console.log('a'); console.error('b'); 6 * 7");
    assert.deepEqual(types(run), [
      "busy",
      "execute_input",
      "stream",
      "stream",
      "execute_result",
      "idle",
    ]);
    assert.equal(run.result, "42");
    const { execution_count: count, ...reply } = run.reply.content;
    assert.deepEqual(reply, { status: "ok", payload: [], user_expressions: {} });
    const result = run.messages.find(({ type }) => type === "execute_result")!;
    assert.equal(result.content["execution_count"], count);
  });

  it("delivers 100,000 lines complete, in order and before idle", async () => {
    const run = await kernel.execute("for (let i = 0; i < 100_000; i++) console.log(i)");
    const expected = Array.from({ length: 100_000 }, (_, i) => `${i}\n`).join("");
    assert.ok(run.stdout === expected, `${run.stdout.length} of ${expected.length} characters`);
    assert.equal(types(run).at(-1), "idle");
    const order = run.messages.map((message) => message.order);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
  });

  it("shows what a long cell prints while it runs, even without an await", async () => {
    const seen = path.join(notebookDir, "seen");
    const id = kernel.startExecution(
      `import { existsSync } from "node:fs"; console.log("early"); while (!existsSync(${JSON.stringify(seen)})) ; console.log("late")`,
    );
    await kernel.next((m) => m.parentId === id && m.type === "stream");
    await writeFile(seen, "");
    assert.equal((await kernel.finish(id)).stdout, "early\nlate\n");
  });

  it("keeps one binding for closures and later cells", async () => {
    await kernel.execute("let cnt = 0; function inc() { cnt++ }");
    assert.equal((await kernel.execute("cnt = 10; inc(); cnt")).result, "11");
  });

  it("reports an error with a traceback that names cell, line and the code, and no frames of ours", async () => {
    const define = await kernel.execute(
      "interface P { x: number }\n\nfunction fail(p: P): never {\n  throw new RangeError(`x is ${p.x}`);\n}",
    );
    const cell = `Cell [${String(define.reply.content["execution_count"])}]`;
    const { error, reply, messages } = await kernel.execute("1;\nfail({ x: 3 });");
    assert.equal(error?.ename, "RangeError");
    assert.equal(error.evalue, "x is 3");
    const here = `Cell [${String(reply.content["execution_count"])}]`;
    assert.equal(
      error.traceback,
      [
        "RangeError: x is 3",
        `    at fail (${cell}:4:9)`,
        `    at ${here}:2:1`,
        "",
        "  2 | ",
        "  3 | function fail(p: P): never {",
        "> 4 |   throw new RangeError(`x is ${p.x}`);",
        "    |         ^",
        "  5 | }",
      ]
        .map((line) => line.trimEnd())
        .join("\n"),
    );
    assert.equal(reply.content["status"], "error");
    assert.equal(reply.content["ename"], "RangeError");
    assert.ok(messages.some(({ type }) => type === "error"));
  });

  it("maps stacks of asynchronous errors and of printed errors too", async () => {
    const thrown = await kernel.execute(
      "const wait = () => new Promise((done) => setTimeout(done, 1));\nasync function late() {\n  await wait();\n  throw new Error('later');\n}\nawait late()",
    );
    assert.match(thrown.error!.traceback, /at late \(Cell \[\d+\]:4:9\)/);
    const printed = await kernel.execute("\nconsole.error(new Error('shown'))");
    assert.match(printed.stderr, /^Error: shown\n {4}at Cell \[\d+\]:2:15\n$/);
  });

  it("shows causes, and values that are no errors", async () => {
    const { error } = await kernel.execute(
      "throw new Error('outer', { cause: new TypeError('inner') })",
    );
    assert.match(error!.traceback, /\[cause\]: TypeError: inner/);
    const failed = await kernel.execute("import assert from 'node:assert'\nassert.equal(1, 2)");
    assert.match(failed.error!.traceback, /> 2 \| assert\.equal\(1, 2\)/);
    const value = await kernel.execute("throw { code: 7 }");
    assert.deepEqual([value.error!.ename, value.error!.evalue], ["Uncaught", "{ code: 7 }"]);
  });

  it("points at syntax errors", async () => {
    const { error } = await kernel.execute("let fine = 1;\nlet broken = ;");
    assert.equal(error?.ename, "SyntaxError");
    assert.match(error.traceback, /Cell \[\d+\]:2:14[^]*> 2 \| let broken = ;\n {4}\| {14}\^/);
  });

  it("keeps silent when asked, and does not count", async () => {
    const before = await kernel.execute("0");
    const run = await kernel.execute("var silently = 1; 5", { silent: true });
    assert.deepEqual(types(run), ["busy", "idle"]);
    const count = before.reply.content["execution_count"];
    assert.equal(run.reply.content["execution_count"], count);
    assert.equal((await kernel.execute("silently")).result, "1");
  });

  it("neither counts nor remembers with store_history false", async () => {
    const before = await kernel.execute("0");
    const run = await kernel.execute("'not remembered'", { store_history: false });
    assert.equal(run.reply.content["execution_count"], before.reply.content["execution_count"]);
    assert.equal(run.result, "'not remembered'");
    const history = await kernel.request("shell", "history_request", {
      ...{ hist_access_type: "tail", n: 1, output: false, raw: true },
    });
    assert.equal((history.content["history"] as unknown[][])[0]![2], "0");
  });

  it("finds history by range and by pattern", async () => {
    await kernel.execute("const needle1 = 1");
    await kernel.execute("const needle2 = 2");
    const search = await kernel.request("shell", "history_request", {
      ...{ hist_access_type: "search", pattern: "*needle?*", n: 5, output: true, raw: true },
    });
    const found = search.content["history"] as [number, number, [string, null]][];
    assert.deepEqual(
      found.map(([, , input]) => input),
      [
        ["const needle1 = 1", null],
        ["const needle2 = 2", null],
      ],
    );
    const line = found[0]![1];
    const range = await kernel.request("shell", "history_request", {
      ...{ hist_access_type: "range", session: 0, start: line, stop: line + 1 },
    });
    assert.deepEqual(range.content["history"], [[1, line, "const needle1 = 1"]]);
  });

  it("aborts the requests that wait behind an error, and runs those that come after it", async () => {
    const failing = kernel.startExecution("await null; throw new Error('stop here')");
    const waiting = kernel.startExecution("'must not run'");
    assert.equal((await kernel.finish(failing)).reply.content["status"], "error");
    const aborted = await kernel.finish(waiting);
    assert.equal(aborted.reply.content["status"], "aborted");
    assert.deepEqual(types(aborted), ["busy", "idle"]);
    assert.equal((await kernel.execute("'runs'")).result, "'runs'");
  });

  it("goes on behind an error with stop_on_error false", async () => {
    const failing = kernel.startExecution("throw new Error('go on')", { stop_on_error: false });
    const next = kernel.startExecution("'still runs'");
    await kernel.finish(failing);
    assert.equal((await kernel.finish(next)).result, "'still runs'");
  });

  it("evaluates user expressions, each with its own outcome", async () => {
    const { reply } = await kernel.execute("const base = 20", {
      user_expressions: { twice: "base * 2", awaited: "await Promise.resolve(1)", bad: "nope" },
    });
    const results = reply.content["user_expressions"] as Record<string, Record<string, unknown>>;
    assert.deepEqual(results["twice"], {
      status: "ok",
      data: { "text/plain": "40" },
      metadata: {},
    });
    assert.deepEqual(results["awaited"]!["data"], { "text/plain": "1" });
    assert.equal(results["bad"]!["ename"], "ReferenceError");
  });

  it("gives late output to the cell that caused it", async () => {
    const first = await kernel.execute("setTimeout(() => console.log('from the first'), 60); 0");
    const id = first.reply.parentId;
    await kernel.execute(
      "await new Promise((done) => setTimeout(done, 120)); console.log('second')",
    );
    const late = await kernel.next(
      ({ type, content }) => type === "stream" && content["text"] === "from the first\n",
    );
    assert.equal(late.parentId, id);
  });

  it("captures native output and child processes before idle", async () => {
    const { stdout, stderr } = await kernel.execute(`
      import { writeSync } from "node:fs";
      import { spawnSync } from "node:child_process";
      writeSync(1, "native\\n");
      spawnSync(process.execPath, ["-e", "console.log('child'); console.error('trouble')"], { stdio: "inherit" });
      process.stdout.write("stream\\n");`);
    assert.deepEqual(stdout.trim().split("\n").sort(), ["child", "native", "stream"]);
    assert.equal(stderr, "trouble\n");
  });

  it("reports unhandled rejections and errors in timers, and lives on", async () => {
    const rejected = await kernel.execute(
      "Promise.reject(new Error('nobody cared')); await new Promise((done) => setTimeout(done, 30))",
    );
    assert.match(rejected.stderr, /Unhandled rejection: Error: nobody cared/);
    const thrown = await kernel.execute(
      "setTimeout(() => { throw new Error('in a timer') }); await new Promise((done) => setTimeout(done, 30)); 'alive'",
    );
    assert.match(thrown.stderr, /Uncaught error: Error: in a timer/);
    assert.equal(thrown.result, "'alive'");
  });

  it("imports ESM and CommonJS packages, JSON and TypeScript files beside the notebook", async () => {
    const lib = path.join(notebookDir, "node_modules/only-here");
    await mkdir(lib, { recursive: true });
    await writeFile(path.join(lib, "package.json"), '{"name":"only-here","main":"main.cjs"}');
    await writeFile(path.join(lib, "main.cjs"), "module.exports = { where: 'notebook' }");
    await writeFile(path.join(notebookDir, "data.json"), '{"n":4}');
    await writeFile(
      path.join(notebookDir, "helper.ts"),
      'import { other } from "./other";\nexport enum Mode { Fast }\nexport const help = (x: number): string => `${x}${other}`;\n',
    );
    await writeFile(path.join(notebookDir, "other.ts"), "export const other: string = '!';\n");
    const { result, error } = await kernel.execute(`
      import * as tf from "@tensorflow/tfjs-core";
      import { where } from "only-here";
      import data from "./data.json" with { type: "json" };
      import { help, Mode } from "./helper.ts";
      const { sep } = await import("node:path");
      [typeof tf.tensor, where, data.n, help(2), Mode.Fast, sep, require("only-here").where]`);
    assert.equal(error, undefined);
    assert.equal(
      result,
      "[ 'function', 'notebook', 4, '2!', 0, '/', 'notebook' ]".replaceAll("  ", " "),
    );
  });

  it("loads a file again that was edited, or that imports one that was", async () => {
    const write = (name: string, text: string): Promise<void> =>
      writeFile(path.join(notebookDir, name), text);
    await write("inner.ts", "export const n: number = 1;");
    await write("outer.ts", 'import { n } from "./inner";\nexport const get = (): number => n;\n');
    const read = 'import { get } from "./outer.ts"; get()';
    assert.equal((await kernel.execute(`${read}; const old = get; get()`)).result, "1");
    assert.equal((await kernel.execute(`${read}; get === old`)).result, "true");
    await write("inner.ts", "export const n: number = 1 + 1;");
    assert.equal((await kernel.execute(read)).result, "2");
    await write("part.cjs", "module.exports = 'first'");
    assert.equal((await kernel.execute("require('./part.cjs')")).result, "'first'");
    await write("part.cjs", "module.exports = 'other text'");
    assert.equal((await kernel.execute("require('./part.cjs')")).result, "'other text'");
  });

  it("loads native packages", async () => {
    const { result } = await kernel.execute(`
      import sharp from "sharp";
      import { InferenceSession } from "onnxruntime-node";
      const dot = { create: { width: 1, height: 1, channels: 3, background: "red" } } as const;
      [(await sharp(dot).raw().toBuffer()).length, typeof InferenceSession.create]`);
    assert.equal(result, "[ 3, 'function' ]");
  });

  it("requires TypeScript files, on every Node alike, and again after an edit", async () => {
    const write = (name: string, text: string): Promise<void> =>
      writeFile(path.join(notebookDir, name), text);
    await write("esm.ts", "enum Level { Low = 3 }\nexport const level: number = Level.Low;");
    await write(
      "common.cts",
      'const { level } = require("./esm");\ninterface A {\n  b: 1;\n}\nmodule.exports = {\n  twice: 2 * (level as number),\n  boom: () => { throw new Error("x"); },\n};',
    );
    const { result } = await kernel.execute(`
      import { twice } from "./common.cts";
      [require("./esm.ts").level, require("./common").twice, twice]`);
    assert.equal(result, "[ 3, 6, 6 ]");
    const { error } = await kernel.execute("require('./common.cts').boom()");
    assert.match(error!.traceback, /\/common\.cts:7:23\)\n {4}at Cell/);
    await write("esm.ts", "export const level: number = 40 as number;");
    assert.equal((await kernel.execute("require('./common.cts').twice")).result, "80");
    await write("broken.ts", "export const = 1");
    const broken = await kernel.execute("require('./broken.ts')");
    assert.match(broken.error!.traceback, /^SyntaxError: .*\/broken\.ts:1:13: [^\n]*\n {4}at Cell/);
  });

  it("names lines of imported TypeScript files as they are written", async () => {
    const text =
      "interface Unused {\n  a: number;\n}\n\nexport function boom(): never {\n\n  throw new Error('x');\n}\n";
    await writeFile(path.join(notebookDir, "boom.ts"), text);
    const { error } = await kernel.execute('import { boom } from "./boom.ts";\nboom()');
    assert.match(error!.traceback, /at boom \(file:.*\/boom\.ts:7:9\)\n {4}at Cell \[\d+\]:2:1/);
  });

  it("finds what the paths of tsconfig.json say, in imports, in files and in require, again after an edit", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "counterlab-paths-"));
    const cwd = path.join(dir, "notebooks");
    const write = async (name: string, text: string): Promise<void> => {
      await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
      await writeFile(path.join(dir, name), text);
    };
    await mkdir(cwd);
    // As TypeScript: the longest pattern wins, the first file that is there counts, the settings may be inherited.
    const paths = {
      "@own/*": ["./missing/*", "./src/*"],
      "@own/deep/*": ["./deep/*.ts"],
      exact: ["./src/exact"],
    };
    await write("base.json", JSON.stringify({ compilerOptions: { paths } }));
    await write("tsconfig.json", '{ "extends": "./base.json" }');
    await write("src/a.ts", 'import { b } from "@own/deep/b";\nexport const a: string = `a${b}`;');
    await write("deep/b.ts", "export const b: number = 1;");
    await write("src/exact/index.ts", "export default 'exact' as string;");
    await write("src/c.cts", "module.exports = { c: 3 as number };");
    const own = await JupyterClient.start({ cwd });
    const code = `import { a } from "@own/a"; import exact from "exact"; import path from "path";
      [a, exact, (await import("@own/deep/b")).b, require("@own/c").c, typeof path.join, require.resolve("@own/a")]`;
    const expected = (a: string, b: number): string =>
      `[ '${a}', 'exact', ${b}, 3, 'function', '${path.join(dir, "src/a.ts")}' ]`;
    const first = await own.execute(code);
    assert.deepEqual(
      [first.error?.traceback, first.result?.replace(/\s+/g, " ")],
      [undefined, expected("a1", 1)],
    );
    await write("deep/b.ts", "export const b: number = 20;");
    assert.equal((await own.execute(code)).result?.replace(/\s+/g, " "), expected("a20", 20));
    const { error } = await own.execute('import "@own/nothing"');
    assert.match(error!.evalue, /Cannot find package '@own\/nothing'/);
    await own.close();
    await rm(dir, { recursive: true });
  });

  it("makes a cell with @module a module that other cells import, again after a change", async () => {
    const first = await kernel.execute(
      "/** @module own */\nimport { other } from './other';\nexport const made: string = `made ${other}`;",
    );
    assert.equal(first.error, undefined);
    assert.equal((await kernel.execute("import { made } from './own'; made")).result, "'made !'");
    await kernel.execute("/** @module own */\nexport const made = 7;");
    const again = await kernel.execute("import { made } from './own'; made.toFixed(1)");
    assert.deepEqual([again.result, again.stderr], ["'7.0'", ""]);
  });

  it("says which module was not found, in one line, and finds it once it is there", async () => {
    const { error } = await kernel.execute('import "does-not-exist-anywhere"');
    assert.equal(
      error!.traceback,
      "Error: Cannot find package 'does-not-exist-anywhere'; !npm i does-not-exist-anywhere installs it",
    );
    const lib = path.join(notebookDir, "node_modules/does-not-exist-anywhere");
    await mkdir(lib, { recursive: true });
    await writeFile(path.join(lib, "index.js"), "module.exports = 'here'");
    const { result } = await kernel.execute('import here from "does-not-exist-anywhere"; here');
    assert.equal(result, "'here'");
  });

  it("keeps a cell's own declarations apart from Node's globals", async () => {
    await kernel.execute("const performance = 'mine', URL = 1");
    const { result } = await kernel.execute(
      "[performance, typeof globalThis.performance.now, URL, typeof globalThis.URL]",
    );
    assert.equal(result, "[ 'mine', 'function', 1, 'function' ]");
  });

  it("asks for input when the front end can answer", async () => {
    const id = kernel.startExecution("`hello ${await input('Your name? ')}`", {
      allow_stdin: true,
    });
    const asked = await kernel.next((m) => m.channel === "stdin" && m.parentId === id);
    assert.deepEqual(asked.content, { prompt: "Your name? ", password: false });
    kernel.send("stdin", "input_reply", { value: "Ada" });
    assert.equal((await kernel.finish(id)).result, "'hello Ada'");
    const refused = await kernel.execute("await input()", { allow_stdin: false });
    assert.match(refused.error!.evalue, /cannot ask for input/);
  });

  it("runs 200 cells without losing a message", async () => {
    const ids = Array.from({ length: 200 }, (_, i) =>
      kernel.startExecution(`console.log(${i}); ${i}`),
    );
    for (const [i, id] of ids.entries()) {
      const run = await kernel.finish(id);
      assert.equal(run.stdout, `${i}\n`);
      assert.equal(run.result, String(i));
      assert.equal(types(run).at(-1), "idle");
    }
  });
});
